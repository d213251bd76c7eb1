package dev.lanewise.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a model. All dense ones lie in one flat array, those that decay before those that
 * do not, each group in the order of registration; so an optimiser makes one pass, and clipping and
 * averaging need no traversal. Large tables have arrays of their own ({@link ParameterTable}).
 *
 * <p>Values may be read by several threads at once: forward passes run beside each other. Backward passes add to the gradients
 * without a lock and run one at a time, and so do those who change values.
 *
 * <pre>{@code
 * Parameters.Builder builder = Parameters.builder(seed);
 * Linear layer = new Linear(builder, "layer", 64, 2);
 * Parameters parameters = builder.build();
 * }</pre>
 */
public final class Parameters {
    private final Parameter.Store dense;
    private final int decayingSize;
    private final List<Parameter> all;
    private final List<ParameterTable> tables;
    private final Map<String, Parameter> byName;

    private Parameters(Builder builder) {
        byName = Map.copyOf(builder.byName);
        all = List.copyOf(builder.byName.values());
        tables = List.copyOf(builder.tables);
        long size = 0;
        for (Parameter parameter : builder.dense) {
            size += parameter.size();
        }
        dense = new Parameter.Store(Shapes.size("dense parameters", 1, size));
        int decaying = place(builder, true, 0);
        place(builder, false, decaying);
        decayingSize = decaying;
        for (ParameterTable table : tables) {
            table.parameter().bind(new Parameter.Store(table.parameter().size()), 0, builder.seed);
        }
    }

    private int place(Builder builder, boolean decays, int from) {
        int offset = from;
        for (Parameter parameter : builder.dense) {
            if (parameter.decays() == decays) {
                parameter.bind(dense, offset, builder.seed);
                offset += parameter.size();
            }
        }
        return offset;
    }

    /**
     * For the parameters of a new model.
     *
     * @param seed seed of the first values, and of the dropout of layers made with this builder
     * @return a builder to make layers with
     */
    public static Builder builder(long seed) {
        return new Builder(seed);
    }

    /**
     * All parameters, dense ones and tables, in the order of registration.
     *
     * @return names, shapes and places; for saving and loading
     */
    public List<Parameter> all() {
        return all;
    }

    /**
     * The tables, in the order of registration.
     *
     * @return the tables
     */
    public List<ParameterTable> tables() {
        return tables;
    }

    /**
     * A parameter by its name.
     *
     * @param name full name
     * @return the parameter
     * @throws IllegalArgumentException if there is none of that name
     */
    public Parameter get(String name) {
        Parameter parameter = byName.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException(
                    "no parameter is called " + name + "; there are " + all);
        }
        return parameter;
    }

    /**
     * The values of all dense parameters.
     *
     * @return the live array
     */
    public float[] values() {
        return dense.values();
    }

    /**
     * The gradients of all dense parameters, at the places of the values.
     *
     * @return the live array
     */
    public float[] gradients() {
        return dense.gradients();
    }

    /**
     * The number of dense values on which weight decay acts: the first ones of the array.
     *
     * @return index of the first value that does not decay
     */
    public int decayingSize() {
        return decayingSize;
    }

    /**
     * The number of values, tables included.
     *
     * @return the size of the model
     */
    public long count() {
        long count = values().length;
        for (ParameterTable table : tables) {
            count += table.parameter().size();
        }
        return count;
    }

    /** Sets all gradients to zero: the dense ones, and the touched rows of the tables. */
    public void zeroGradients() {
        Arrays.fill(gradients(), 0f);
        // By index: an iterator would be an object a step.
        for (int i = 0; i < tables.size(); i++) {
            tables.get(i).zeroGradients();
        }
    }

    /**
     * Parameters of the same names and shapes in the same order, all of them zero: for what goes with each value of a model,
     * such as the moments of an optimiser, and for what is read from a file before it replaces anything.
     *
     * @return new parameters, with arrays of their own
     */
    public Parameters zeros() {
        Builder builder = new Builder(0);
        Initializer zero = Initializer.constant(0f);
        Set<Parameter> large = new HashSet<>();
        for (ParameterTable table : tables) {
            large.add(table.parameter());
        }
        for (Parameter parameter : all) {
            if (large.contains(parameter)) {
                builder.addTable(parameter.name(), parameter.rows(), parameter.cols(), zero, parameter.decays());
            } else {
                builder.add(parameter.name(), parameter.rows(), parameter.cols(), zero, parameter.decays());
            }
        }
        return builder.build();
    }

    /**
     * Copies the values of another model of the same layout, tables included.
     *
     * @param other a model whose parameters have the same names and shapes; not modified
     * @throws IllegalArgumentException if a name or a shape differs; nothing is copied then
     */
    public void copyFrom(Parameters other) {
        requireSameLayout(other);
        for (int i = 0; i < all.size(); i++) {
            Parameter to = all.get(i);
            Parameter from = other.all.get(i);
            System.arraycopy(from.values(), from.offset(), to.values(), to.offset(), to.size());
        }
    }

    /**
     * That {@link #copyFrom} would take another model: for who copies several things, or none if one does not fit.
     *
     * @param other a model whose parameters should have the same names and shapes in the same order; not modified
     * @throws IllegalArgumentException if a name or a shape differs
     */
    public void requireSameLayout(Parameters other) {
        if (all.size() != other.all.size()) {
            throw new IllegalArgumentException(
                    "the models differ: " + all.size() + " parameters here, " + other.all.size()
                            + " there");
        }
        for (int i = 0; i < all.size(); i++) {
            if (!all.get(i).toString().equals(other.all.get(i).toString())) {
                throw new IllegalArgumentException(
                        "the models differ: " + all.get(i) + " here, " + other.all.get(i) + " there");
            }
        }
    }

    /** Collects the parameters of a model while its layers are made. */
    public static final class Builder {
        private final long seed;
        private final List<Parameter> dense = new ArrayList<>();
        private final List<ParameterTable> tables = new ArrayList<>();
        private final Map<String, Parameter> byName = new LinkedHashMap<>();
        private boolean built;

        private Builder(long seed) {
            this.seed = seed;
        }

        /**
         * The seed of the model.
         *
         * @return what the builder was made with
         */
        public long seed() {
            return seed;
        }

        /**
         * Registers a dense parameter.
         *
         * @param name unique name
         * @param rows number of rows, 1 for a vector
         * @param cols number of columns
         * @param initializer gives the first values
         * @param decays whether weight decay acts on it
         * @return the parameter; it has values once the parameters are built
         * @throws IllegalArgumentException if the name is taken or the shape is not a size
         * @throws IllegalStateException if the parameters have been built
         */
        public Parameter add(
                String name, int rows, int cols, Initializer initializer, boolean decays) {
            Parameter parameter = new Parameter(name, rows, cols, decays, initializer);
            register(parameter);
            dense.add(parameter);
            return parameter;
        }

        /**
         * Registers a table of which each step touches few rows.
         *
         * @param name unique name
         * @param rows number of rows
         * @param dim number of columns
         * @param initializer gives the first values
         * @param decays whether weight decay acts on the touched rows
         * @return the table; it has values once the parameters are built
         * @throws IllegalArgumentException if the name is taken or the shape is not a size
         * @throws IllegalStateException if the parameters have been built
         */
        public ParameterTable addTable(
                String name, int rows, int dim, Initializer initializer, boolean decays) {
            Parameter parameter = new Parameter(name, rows, dim, decays, initializer);
            register(parameter);
            ParameterTable table = new ParameterTable(parameter);
            tables.add(table);
            return table;
        }

        private void register(Parameter parameter) {
            if (built) {
                throw new IllegalStateException(
                        "the parameters have been built; " + parameter + " came too late");
            }
            if (byName.putIfAbsent(parameter.name(), parameter) != null) {
                throw new IllegalArgumentException(
                        "two parameters are called " + parameter.name()
                                + "; give each layer a name of its own");
            }
        }

        /**
         * Lays out the arrays and gives each parameter its first values.
         *
         * @return the parameters
         * @throws IllegalStateException if called twice
         * @throws IllegalArgumentException if there are 2^31 dense values or more
         */
        public Parameters build() {
            if (built) {
                throw new IllegalStateException("the parameters have been built already");
            }
            built = true;
            return new Parameters(this);
        }
    }
}
