package dev.lanewise.nn;

import dev.lanewise.optim.AdamW;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Clipping and AdamW in double on numeric gradients. Rows of a table whose gradient is exactly zero
 * are left alone, as those are that no token touched.
 */
final class DoubleAdamW {
    private final Parameters parameters;
    private final AdamW.Settings settings;
    private final double maxNorm;
    private final Map<String, double[]> m = new HashMap<>();
    private final Map<String, double[]> v = new HashMap<>();
    private int steps;

    DoubleAdamW(Parameters parameters, AdamW.Settings settings, double maxNorm) {
        this.parameters = parameters;
        this.settings = settings;
        this.maxNorm = maxNorm;
        for (Parameter parameter : parameters.all()) {
            m.put(parameter.name(), new double[parameter.size()]);
            v.put(parameter.name(), new double[parameter.size()]);
        }
    }

    void step(Map<String, double[]> p, double rate, ToDoubleFunction<Map<String, double[]>> loss) {
        steps++;
        Map<String, double[]> gradients = new HashMap<>();
        double squares = 0;
        for (Map.Entry<String, double[]> entry : p.entrySet()) {
            double[] gradient = Gradients.numeric(entry.getValue(), ignored -> loss.applyAsDouble(p));
            gradients.put(entry.getKey(), gradient);
            for (double g : gradient) {
                squares += g * g;
            }
        }
        double factor = Math.min(1, maxNorm / Math.sqrt(squares));
        for (Parameter parameter : parameters.all()) {
            String name = parameter.name();
            update(parameter, p.get(name), gradients.get(name), m.get(name), v.get(name), factor, rate);
        }
    }

    private void update(
            Parameter parameter,
            double[] w,
            double[] gradient,
            double[] m,
            double[] v,
            double factor,
            double rate) {
        boolean lazy = parameter.values() != parameters.values();
        double decay = parameter.decays() ? settings.weightDecay() : 0;
        double bias1 = 1 - Math.pow(settings.beta1(), steps);
        double bias2 = 1 - Math.pow(settings.beta2(), steps);
        for (int i = 0; i < w.length; i++) {
            if (lazy && untouched(gradient, i / parameter.cols(), parameter.cols())) {
                continue;
            }
            double g = gradient[i] * factor;
            m[i] = settings.beta1() * m[i] + (1 - settings.beta1()) * g;
            v[i] = settings.beta2() * v[i] + (1 - settings.beta2()) * g * g;
            w[i] -= rate * decay * w[i];
            w[i] -= rate * (m[i] / bias1) / (Math.sqrt(v[i] / bias2) + settings.epsilon());
        }
    }

    private static boolean untouched(double[] gradient, int row, int cols) {
        for (int c = 0; c < cols; c++) {
            if (gradient[row * cols + c] != 0) {
                return false;
            }
        }
        return true;
    }
}
