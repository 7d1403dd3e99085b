/* Value and gradient of sums over many variables, as one would write them by hand: one pass over x, common
 * subexpressions named, the gradient added up as the terms come. Compiled with -O3 -march=native.
 */

#include <math.h>
#include <stdint.h>

/* sum over i of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 */
double rosenbrock(const double *restrict x, double *restrict g, int64_t n)
{
    double value = 0.0, carried = 0.0;
    for (int64_t i = 0; i < n - 1; i++) {
        const double a = 1.0 - x[i], b = x[i + 1] - x[i] * x[i];
        value += 100.0 * b * b + a * a;
        g[i] = carried - 400.0 * x[i] * b - 2.0 * a;
        carried = 200.0 * b;
    }
    g[n - 1] = carried;
    return value;
}

/* The same as the formula's derivatives are usually written down: each term adds to two entries. */
double rosenbrock_scattered(const double *restrict x, double *restrict g, int64_t n)
{
    double value = 0.0;
    for (int64_t i = 0; i < n; i++)
        g[i] = 0.0;
    for (int64_t i = 0; i < n - 1; i++) {
        const double a = 1.0 - x[i], b = x[i + 1] - x[i] * x[i];
        value += 100.0 * b * b + a * a;
        g[i] += -400.0 * x[i] * b - 2.0 * a;
        g[i + 1] += 200.0 * b;
    }
    return value;
}

/* sum over i of i x[i]^2 */
double ellipsoid(const double *restrict x, double *restrict g, int64_t n)
{
    double value = 0.0;
    for (int64_t i = 0; i < n; i++) {
        const double slope = (double)(i + 1) * x[i];
        value += slope * x[i];
        g[i] = 2.0 * slope;
    }
    return value;
}

/* 10 n + sum over i of x[i]^2 - 10 cos(2 pi x[i]) */
double rastrigin(const double *restrict x, double *restrict g, int64_t n)
{
    const double turn = 6.283185307179586;
    double value = 10.0 * (double)n;
    for (int64_t i = 0; i < n; i++) {
        value += x[i] * x[i] - 10.0 * cos(turn * x[i]);
        g[i] = 2.0 * x[i] + 10.0 * turn * sin(turn * x[i]);
    }
    return value;
}
