/* Gradient descent written by hand, for one n, as the yardstick of the compiled runs.
 *
 * The objective comes through the same function pointer as in Thalweg, and the result is the same: every iterate with
 * f, |g|, step length and evaluations, every trial with its judgement, and the reason for the end.  The arithmetic is
 * that of the methods' sources, so the paths agree to the last bit (compile with -ffp-contract=off).
 */
#include <math.h>
#include <stdint.h>

#ifndef N
#define N 2 /* variables */
#endif
#define ROUNDING (10 * 0x1p-52)

typedef void (*kernel)(const double *x, double *out, const void *context);

enum { GRADIENT_TOLERANCE = 1, PRECISION_FLOOR = 4, LINE_SEARCH_FAILED = 5, DIVERGED = 7, NON_FINITE = 9, MAX_ITERATIONS = 10 };
enum { STEP_TAKEN = 0, SUFFICIENT_DECREASE = 1, DECREASE_WITHIN_ROUNDING = 2, TOO_HIGH = 10, NOT_FINITE = 11, OUT_OF_TRIALS = 20 };

static double *record_iterate(double *row, const double *x, double f, double norm2, double alpha, double evaluations) {
    for (int j = 0; j < N; j++) row[j] = x[j];
    row[N] = f;
    row[N + 1] = sqrt(norm2);
    row[N + 2] = alpha;
    row[N + 3] = evaluations;
    return row + N + 4;
}

static double *record_trial(double *row, double k, double alpha, double phi, double slope, int judgement) {
    row[0] = k;
    row[1] = alpha;
    row[2] = phi;
    row[3] = slope;
    row[4] = judgement;
    return row + 5;
}

static int finite_all(const double *x, const double *out) {
    double doubt = 0.0 * out[0];
    for (int j = 0; j < N; j++) doubt += 0.0 * x[j] + 0.0 * out[1 + j];
    return doubt == 0.0;
}

static double dot(const double *u, const double *v) {
    double total = 0.0;
    for (int j = 0; j < N; j++) total += u[j] * v[j];
    return total;
}

/* x + alpha d until |g|^2 <= gtol2; returns the reason, and the number of iterations in *done */
int constant_step(kernel f, const void *context, const double *start, double alpha, double gtol2, int64_t max_iterations,
                  double *path, double *log, int64_t *done) {
    double x[N], out[1 + N], t[N], d[N];
    int64_t k = 0;
    for (int j = 0; j < N; j++) x[j] = start[j];
    f(x, out, context);
    if (!finite_all(x, out)) return NON_FINITE;
    double first = out[0], value = out[0], norm2 = dot(out + 1, out + 1);
    path = record_iterate(path, x, value, norm2, 0.0, 1.0);
    int reason = norm2 <= gtol2 ? GRADIENT_TOLERANCE : 0;
    while (!reason) {
        for (int j = 0; j < N; j++) d[j] = -out[1 + j];
        int moved = 0;
        for (int j = 0; j < N; j++) {
            t[j] = x[j] + alpha * d[j];
            moved |= t[j] != x[j];
        }
        f(t, out, context);
        double slope = dot(d, out + 1);
        int finite = finite_all(t, out);
        log = record_trial(log, k, alpha, out[0], slope, finite ? STEP_TAKEN : NOT_FINITE);
        if (!finite) { reason = value > first || out[0] == INFINITY ? DIVERGED : NON_FINITE; break; }
        if (!moved) { reason = PRECISION_FLOOR; break; }
        for (int j = 0; j < N; j++) x[j] = t[j];
        value = out[0];
        norm2 = dot(out + 1, out + 1);
        k++;
        path = record_iterate(path, x, value, norm2, alpha, k + 1.0);
        if (k >= max_iterations) reason = MAX_ITERATIONS;
        if (norm2 <= gtol2) reason = GRADIENT_TOLERANCE;
    }
    *done = k;
    return reason;
}

/* Armijo's condition with quadratic interpolation; the clips as in steps/backtracking.py */
int armijo(kernel f, const void *context, const double *start, double c1, double initial, double shrink_min, double shrink_max,
           double first_shrink_min, double max_trials, double gtol2, int64_t max_iterations, double *path, double *log, int64_t *done,
           int64_t *evaluations) {
    double x[N], g[N], out[1 + N], t[N], d[N];
    int64_t k = 0, count = 1;
    for (int j = 0; j < N; j++) x[j] = start[j];
    f(x, out, context);
    if (!finite_all(x, out)) return NON_FINITE;
    double value = out[0], norm2 = dot(out + 1, out + 1), least_norm2 = norm2;
    int stalled = 0;
    path = record_iterate(path, x, value, norm2, 0.0, 1.0);
    for (int j = 0; j < N; j++) g[j] = out[1 + j];
    int reason = norm2 <= gtol2 ? GRADIENT_TOLERANCE : 0;
    while (!reason) {
        for (int j = 0; j < N; j++) d[j] = -g[j];
        double s = dot(d, g), alpha = initial, phi, slope;
        double visible = ROUNDING * fabs(value);
        int rejections = 0, judgement;
        for (;;) {
            int moved = 0;
            for (int j = 0; j < N; j++) {
                t[j] = x[j] + alpha * d[j];
                moved |= t[j] != x[j];
            }
            f(t, out, context);
            count++;
            slope = dot(d, out + 1);
            int finite = finite_all(t, out);
            phi = finite ? out[0] : INFINITY;
            double next = alpha;
            if (phi < value - visible && phi <= value + c1 * alpha * s) judgement = SUFFICIENT_DECREASE;
            else if (phi <= value + visible && slope <= (2.0 * c1 - 1.0) * s) judgement = DECREASE_WITHIN_ROUNDING;
            else if (++rejections >= max_trials) judgement = OUT_OF_TRIALS;
            else {
                double least = (finite && rejections == 1 ? first_shrink_min : shrink_min) * alpha, most = shrink_max * alpha;
                next = finite ? -s * alpha * alpha / (2.0 * (phi - value - alpha * s)) : least;
                if (!(next >= least)) next = least;
                if (!(next <= most)) next = most;
                judgement = finite ? TOO_HIGH : NOT_FINITE;
            }
            log = record_trial(log, k, alpha, out[0], slope, judgement);
            if (!moved) reason = PRECISION_FLOOR;
            else if (judgement == OUT_OF_TRIALS) reason = LINE_SEARCH_FAILED;
            if (reason || judgement < TOO_HIGH) break;
            alpha = next;
        }
        if (reason) break;
        for (int j = 0; j < N; j++) { x[j] = t[j]; g[j] = out[1 + j]; }
        value = phi;
        norm2 = dot(g, g);
        stalled = judgement == DECREASE_WITHIN_ROUNDING && !(norm2 < least_norm2) ? stalled + 1 : 0;
        if (norm2 < least_norm2) least_norm2 = norm2;
        k++;
        path = record_iterate(path, x, value, norm2, alpha, (double)count);
        if (k >= max_iterations) reason = MAX_ITERATIONS;
        if (stalled >= 20) reason = PRECISION_FLOOR;
        if (norm2 <= gtol2) reason = GRADIENT_TOLERANCE;
    }
    *done = k;
    *evaluations = count;
    return reason;
}
