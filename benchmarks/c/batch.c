/* Value and gradient of well-known functions at many points, as one would write them by hand: the signature of
 * Thalweg's batch kernels, one loop, common subexpressions named. Compiled with -O3 -march=native, so that the compiler
 * may vectorise; sin, cos, exp and sqrt are the C library's (a loop that calls one of the first three is not
 * vectorised). What is read and written does not overlap, and the compiler is told so.
 *
 * x is (n, stride), out is (1 + n, stride): the value, then the gradient.
 */

#include <math.h>
#include <stdint.h>

#define BATCH(name)                                                                                                    \
    void name(const double *restrict points, double *restrict out, const void *context, int64_t count, int64_t stride) \
    {                                                                                                                  \
        const double *restrict px = points, *restrict py = points + stride;                                            \
        double *restrict value = out, *restrict dx = out + stride, *restrict dy = out + 2 * stride;                    \
        (void)context;                                                                                                 \
        for (int64_t i = 0; i < count; i++) {                                                                          \
            const double x = px[i], y = py[i];

#define END                                                                                                            \
        }                                                                                                              \
    }

BATCH(bowl)
    value[i] = x * x + y * y;
    dx[i] = 2.0 * x;
    dy[i] = 2.0 * y;
END

BATCH(rosenbrock)
    const double a = 1.0 - x, b = y - x * x;
    value[i] = a * a + 100.0 * (b * b);
    dx[i] = -2.0 * a - 400.0 * (b * x);
    dy[i] = 200.0 * b;
END

BATCH(himmelblau)
    const double a = x * x + y - 11.0, b = x + y * y - 7.0;
    value[i] = a * a + b * b;
    dx[i] = 4.0 * (a * x) + 2.0 * b;
    dy[i] = 2.0 * a + 4.0 * (b * y);
END

BATCH(sine_cosine)
    const double sx = sin(x), cx = cos(x), sy = sin(y), cy = cos(y);
    value[i] = sx * cy;
    dx[i] = cx * cy;
    dy[i] = -(sx * sy);
END

BATCH(gaussian)
    const double e = exp(-(x * x + y * y));
    value[i] = x * e;
    dx[i] = e - 2.0 * (x * (x * e));
    dy[i] = -2.0 * (y * (x * e));
END

BATCH(ackley)
    const double turn = 6.283185307179586;
    const double r = sqrt((x * x + y * y) / 2.0), e = exp(-0.2 * r);
    const double sx = sin(turn * x), cx = cos(turn * x), sy = sin(turn * y), cy = cos(turn * y);
    const double w = exp((cx + cy) / 2.0), q = 2.0 * e / r;
    value[i] = 20.0 + 2.718281828459045 - 20.0 * e - w;
    dx[i] = q * x + 3.141592653589793 * (w * sx);
    dy[i] = q * y + 3.141592653589793 * (w * sy);
END
