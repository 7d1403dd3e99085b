/* One pass over two columns, written as one would: the compiler may reorder sums, or it would not vectorise them. */

#include <math.h>
#include <stdint.h>

#define PASS __attribute__((optimize("associative-math", "no-signed-zeros", "no-trapping-math"))) void

PASS reading(const double *x, const double *y, int64_t n, double p, double q, double *out)
{
    double a = 0, b = 0;
    for (int64_t i = 0; i < n; i++) {
        a += x[i];
        b += y[i];
    }
    out[0] = a;
    out[1] = b;
    out[2] = p + q;
}

PASS linear(const double *x, const double *y, int64_t n, double m, double b, double *out)
{
    double f = 0, gm = 0, gb = 0;
    for (int64_t i = 0; i < n; i++) {
        double r = m * x[i] + b - y[i];
        f += r * r;
        gm += r * x[i];
        gb += r;
    }
    out[0] = f;
    out[1] = gm;
    out[2] = gb;
}

PASS saturating(const double *x, const double *y, int64_t n, double b1, double b2, double *out)
{
    double f = 0, g1 = 0, g2 = 0;
    for (int64_t i = 0; i < n; i++) {
        double e = exp(-b2 * x[i]), r = b1 * (1 - e) - y[i];
        f += r * r;
        g1 += r * (1 - e);
        g2 += r * b1 * x[i] * e;
    }
    out[0] = f;
    out[1] = g1;
    out[2] = g2;
}
