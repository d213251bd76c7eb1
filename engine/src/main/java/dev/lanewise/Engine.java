package dev.lanewise;

import dev.lanewise.kernels.KernelSet;
import dev.lanewise.runtime.Workers;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * The one door to the kernels: an implementation, a team of threads, and the operations grouped by family.
 *
 * <pre>{@code
 * try (Engine engine = Engine.start()) {
 *     engine.matMul(a, b, c);
 *     System.out.println(engine.info());
 * }
 * }</pre>
 *
 * An engine is safe to share between threads, and several may live in one JVM; there is no global state. Calls from
 * several threads at once are allowed: one has the team, the others run on their own thread.
 */
public final class Engine implements AutoCloseable {
    private static final Duration WARM_UP_LIMIT = Duration.ofSeconds(20);

    private final ImplementationChooser.Choice choice;
    private final EngineInfo info;
    private final Workers workers;
    private final boolean ownsWorkers;
    private final Lifetime lifetime;
    private final boolean isPart;
    private final MatMulOps matMul;
    private final SoftmaxOps softmax;
    private final AttentionOps attention;
    private final NormOps norm;
    private final RmsNormOps rmsNorm;
    private final ActivationOps activation;
    private final ElementwiseOps elementwise;
    private final EmbeddingOps embedding;
    private final UpdateOps update;
    private final Engine onCallingThread;

    private Engine(ImplementationChooser.Choice choice, Workers workers, boolean ownsWorkers) {
        this(choice, workers, ownsWorkers, null);
    }

    /** The engine of one thread that goes with another one lives as long as that, which the other passes; else it is null. */
    private Engine(
            ImplementationChooser.Choice choice, Workers workers, boolean ownsWorkers, Lifetime lifetimeOfAnother) {
        KernelSet kernels = choice.kernels();
        this.choice = choice;
        this.workers = workers;
        this.ownsWorkers = ownsWorkers;
        isPart = lifetimeOfAnother != null;
        lifetime = isPart ? lifetimeOfAnother : new Lifetime(workers);
        info = new EngineInfo(
                choice.implementation(), kernels.vectorBits(), workers.threads(), System.getProperty("java.version"),
                choice.reason());
        matMul = new MatMulOps(
                kernels.matMul(), choice.implementation() + "/" + kernels.vectorBits(), workers, lifetime);
        softmax = new SoftmaxOps(kernels.softmax(), workers, lifetime);
        attention = new AttentionOps(kernels.attention(), workers, lifetime);
        norm = new NormOps(kernels.norm(), workers, lifetime);
        rmsNorm = new RmsNormOps(kernels.norm(), workers, lifetime);
        activation = new ActivationOps(kernels.activation(), workers, lifetime);
        elementwise = new ElementwiseOps(kernels.elementwise(), workers, lifetime);
        embedding = new EmbeddingOps(kernels.embedding(), workers, lifetime);
        update = new UpdateOps(kernels.update(), workers, lifetime);
        onCallingThread = workers.threads() == 1 ? this : new Engine(choice, Workers.serial(), false, lifetime);
    }

    /**
     * An engine on all processors, up to {@value Workers#MAX_THREADS}, with the best implementation that this JVM offers.
     *
     * @return a new engine, to be closed
     * @throws IllegalStateException if the property {@code lanewise.implementation} asks for what is not there
     * @throws IllegalArgumentException if the property {@code lanewise.caches} is not three sizes
     */
    public static Engine start() {
        return builder().build();
    }

    /**
     * An engine that runs everything on the calling thread.
     *
     * @return a new engine
     * @throws IllegalStateException if the property {@code lanewise.implementation} asks for what is not there
     * @throws IllegalArgumentException if the property {@code lanewise.caches} is not three sizes
     */
    public static Engine serial() {
        return builder().threads(1).build();
    }

    /**
     * For engines of one's own choice.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * What this engine runs on, and why.
     *
     * @return implementation, width, threads, JDK, reason
     */
    public EngineInfo info() {
        return info;
    }

    /**
     * The threads that this engine works with, for work of one's own.
     *
     * @return the team
     * @throws IllegalStateException if the engine or its team is closed
     */
    public Workers workers() {
        lifetime.check();
        return workers;
    }

    /**
     * The same kernels, all on the calling thread: for the parts of a task that is itself shared out among the workers. What
     * this engine has packed, the other can use.
     *
     * @return this engine where it has one thread, else always the same other one, which needs no closing
     */
    public Engine onCallingThread() {
        return onCallingThread;
    }

    /**
     * {@code C = A * B}: the shortest way to {@link MatMulOps#multiply(Matrix, Matrix, Matrix)}.
     *
     * @param a [m x k]; not modified
     * @param b [k x n]; not modified
     * @param c [m x n]; overwritten
     * @throws IllegalArgumentException if the shapes do not fit, or C overlaps A or B
     */
    public void matMul(Matrix a, Matrix b, Matrix c) {
        matMul.multiply(a, b, c);
    }

    /**
     * {@code out = softmax(Q * transpose(K) / sqrt(headDim) + mask) * V} in one head: the shortest way to {@link
     * AttentionOps#forward(Matrix, Matrix, Matrix, Matrix, AttentionMask)}.
     *
     * @param q queries, [queries x headDim]; not modified
     * @param k keys, [keys x headDim]; not modified
     * @param v values, [keys x headDim]; not modified
     * @param out [queries x headDim]; overwritten
     * @param mask which keys a query sees
     * @throws IllegalArgumentException if the shapes or the mask do not fit, or out overlaps an input
     */
    public void attention(Matrix q, Matrix k, Matrix v, Matrix out, AttentionMask mask) {
        attention.forward(q, k, v, out, mask);
    }

    /**
     * Matrix multiply.
     *
     * @return the operations
     */
    public MatMulOps matMul() {
        return matMul;
    }

    /**
     * Softmax and cross-entropy.
     *
     * @return the operations
     */
    public SoftmaxOps softmax() {
        return softmax;
    }

    /**
     * Scaled dot-product attention.
     *
     * @return the operations
     */
    public AttentionOps attention() {
        return attention;
    }

    /**
     * Layer normalisation.
     *
     * @return the operations
     */
    public NormOps norm() {
        return norm;
    }

    /**
     * Root mean square normalisation.
     *
     * @return the operations
     */
    public RmsNormOps rmsNorm() {
        return rmsNorm;
    }

    /**
     * Activation functions.
     *
     * @return the operations
     */
    public ActivationOps activation() {
        return activation;
    }

    /**
     * Additions, sums and dropout.
     *
     * @return the operations
     */
    public ElementwiseOps elementwise() {
        return elementwise;
    }

    /**
     * Tables, positions and pooling.
     *
     * @return the operations
     */
    public EmbeddingOps embedding() {
        return embedding;
    }

    /**
     * Parameter updates.
     *
     * @return the operations
     */
    public UpdateOps update() {
        return update;
    }

    /**
     * Has every kernel compiled before the first long call, within 20 seconds: see {@link #warmUp(Duration)}.
     *
     * @return whether everything was compiled in time
     * @throws IllegalStateException if the engine or its team is closed
     */
    public boolean warmUp() {
        return warmUp(WARM_UP_LIMIT);
    }

    /**
     * Has every kernel compiled before the first long call. A JVM that has just started interprets a kernel, and a kernel
     * whose first calls are long takes the longest to be compiled well; this makes many short calls of every kernel on
     * operands of its own until each is compiled as a whole: matrix multiply first, then what a trained model calls, then
     * what only training does. It takes eight to ten seconds in a JVM that has just started and a few milliseconds after that,
     * works on the calling thread, and allocates about 12 MB, which it does not keep, besides what kernels allocate until they
     * are compiled. Results of other calls, which may run at the same time, do not depend on it.
     *
     * <p>Kernels are compiled for all engines of the JVM. Scalar kernels need no warming: nothing is called for them.
     *
     * @param limit the time after which no further kernel is called
     * @return whether everything was compiled in time; false too where the JVM does not tell what a thread allocates
     * @throws IllegalStateException if the engine or its team is closed
     */
    public boolean warmUp(Duration limit) {
        return warmUp(limit, WarmupSteps::all);
    }

    /**
     * Like {@link #warmUp()}, for a program that uses matrix multiply alone: takes less than half of the time.
     *
     * @return whether everything was compiled in time
     * @throws IllegalStateException if the engine or its team is closed
     */
    public boolean warmUpMatMul() {
        return warmUp(WARM_UP_LIMIT, WarmupSteps::matMul);
    }

    private boolean warmUp(Duration limit, Function<WarmupSteps, List<List<Runnable>>> stages) {
        // Wakes the team, and fails if it is closed.
        workers().run(workers.threads(), part -> {});
        if (info.implementation() == Implementation.SCALAR) {
            return true;
        }
        return Warmup.run(stages.apply(new WarmupSteps(new Engine(choice, Workers.serial(), false))), limit);
    }

    /**
     * Closes the engine and ends the threads that it made; a team that was given to it stays open. From then on its
     * operations throw an {@link IllegalStateException} and write nothing, on one thread as on many, those of {@link
     * #onCallingThread} included; only calls of no elements may return as before. {@link #info} stays. Closing twice does
     * nothing, nor does closing the other engine that {@link #onCallingThread} gave. Calls in other threads should have
     * returned by now: one that still runs may fail half way.
     */
    @Override
    public void close() {
        if (isPart) {
            return;
        }
        lifetime.close();
        if (ownsWorkers) {
            workers.close();
        }
    }

    /** Collects the choices for an engine; what is not set follows the machine and the JVM. */
    public static final class Builder {
        private Implementation implementation;
        private int threads;
        private Workers workers;

        private Builder() {}

        /**
         * Asks for one implementation instead of the best.
         *
         * @param implementation what must run
         * @return this builder
         */
        public Builder implementation(Implementation implementation) {
            this.implementation = implementation;
            return this;
        }

        /**
         * Sets the size of a team that the engine makes and closes itself.
         *
         * @param threads number of threads that work at once, the caller's included, within 1..1024
         * @return this builder
         * @throws IllegalArgumentException if the number is out of range
         */
        public Builder threads(int threads) {
            Workers.checkThreads(threads);
            this.threads = threads;
            this.workers = null;
            return this;
        }

        /**
         * Uses a team that the caller has made and will close, for example one that several engines share.
         *
         * @param workers the team
         * @return this builder
         */
        public Builder workers(Workers workers) {
            this.workers = workers;
            return this;
        }

        /**
         * Makes the engine.
         *
         * @return a new engine, to be closed
         * @throws IllegalStateException if an implementation was asked for that this JVM can't run; the message says what
         *     to type
         * @throws IllegalArgumentException if the property {@code lanewise.caches} is not three sizes
         */
        public Engine build() {
            ImplementationChooser.Choice choice = ImplementationChooser.choose(implementation);
            if (workers != null) {
                return new Engine(choice, workers, false);
            }
            int processors = Math.min(Workers.MAX_THREADS, Runtime.getRuntime().availableProcessors());
            int size = threads == 0 ? processors : threads;
            return size == 1 ? new Engine(choice, Workers.serial(), false) : new Engine(choice, Workers.of(size), true);
        }
    }
}
