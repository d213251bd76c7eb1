package dev.lanewise.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a thread is doing in a training step, told by the methods on its stack. In an order: the first that fits counts, so
 * that the epilogue of a product is not counted as the product.
 */
enum StepOperation {
    /** Column sums for the gradients of biases. */
    BIAS_GRADIENTS("gradients of biases", "dev.lanewise.ElementwiseOps.biasGradient"),
    /** What follows a product in the same call: bias, activation, residual. */
    EPILOGUE("epilogues of products", "dev.lanewise.vector.TileEpilogue."),
    /** Attention backward. */
    ATTENTION_BACKWARD("attention, backward", sizes -> sizes.attentionFlops() * 10 / 14,
            "dev.lanewise.AttentionOps.backward", "dev.lanewise.AttentionTask.backward",
            "dev.lanewise.AttentionTask.biasGradient", "dev.lanewise.AttentionTask.sum"),
    /** Attention forward. */
    ATTENTION_FORWARD("attention, forward", sizes -> sizes.attentionFlops() * 4 / 14, "dev.lanewise.AttentionOps.",
            "dev.lanewise.AttentionTask."),
    /** Bringing operands of products into the order of the kernels. */
    PACKING("packing for products", "dev.lanewise.vector.Packing.", "dev.lanewise.vector.Transpose16.",
            "dev.lanewise.vector.BlockedB.", "dev.lanewise.MatMulOps.repack"),
    /** Products for the gradients of weights. */
    WEIGHT_GRADIENTS("products, gradients of weights", sizes -> sizes.productFlops() / 3,
            "dev.lanewise.nn.Linear.parameterGradients"),
    /** Products for the gradients of inputs. */
    INPUT_GRADIENTS("products, gradients of inputs", sizes -> sizes.productFlops() / 3,
            "dev.lanewise.nn.Linear.inputGradient"),
    /** Products of the forward pass, and those of helper threads. */
    PRODUCTS("products, forward", sizes -> sizes.productFlops() / 3, "dev.lanewise.MatMulOps.",
            "dev.lanewise.vector.Product."),
    /** Norms, forward and backward, and the residual sums that are part of them. */
    NORMS("norms", "dev.lanewise.NormOps."),
    /** Activation functions that are passes of their own. */
    ACTIVATIONS("activations", "dev.lanewise.ActivationOps."),
    /** Sums, biases and factors that are passes of their own. */
    ELEMENTWISE("sums and factors", "dev.lanewise.ElementwiseOps."),
    /** The optimiser. */
    OPTIMIZER("optimiser", "dev.lanewise.UpdateOps.", "dev.lanewise.optim."),
    /** Setting memory to zero. */
    CLEARING("clearing", "java.util.Arrays.fill", "dev.lanewise.nn.Parameters.zeroGradients"),
    /** Adding up what parts of the batch say of a gradient. */
    REDUCTION("adding up gradients", "dev.lanewise.nn.GradientShare.", "dev.lanewise.nn.EncoderBackward.reduce"),
    /** Waiting for work, or for other threads. */
    WAITING("waiting", "dev.lanewise.runtime.Workers"),
    /** Everything else. */
    OTHER("other", "");

    private final String words;
    private final ToDoubleFunction<TrainingStep.Sizes> flops;
    private final List<String> methods;

    StepOperation(String words, String... methods) {
        this(words, sizes -> 0, methods);
    }

    StepOperation(String words, ToDoubleFunction<TrainingStep.Sizes> flops, String... methods) {
        this.words = words;
        this.flops = flops;
        this.methods = List.of(methods);
    }

    /** The operation of a stack of methods, each {@code class.method}, in any order. */
    static StepOperation of(List<String> stack) {
        for (StepOperation operation : values()) {
            if (stack.stream().anyMatch(method -> operation.methods.stream().anyMatch(method::startsWith))) {
                return operation;
            }
        }
        return OTHER;
    }

    /** Beginnings of {@code class.method}, one of which has to be on a stack; with a dot at the end, all of a class or package. */
    List<String> methods() {
        return methods;
    }

    String words() {
        return words;
    }

    /** Floating-point operations that count as its work; 0 where it is only overhead. */
    double flops(TrainingStep.Sizes sizes) {
        return flops.applyAsDouble(sizes);
    }
}
