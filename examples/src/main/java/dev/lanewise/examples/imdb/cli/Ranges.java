package dev.lanewise.examples.imdb.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Checks of option values; each message names the option, the value and what is allowed. */
final class Ranges {

    private final CommandSpec spec;

    Ranges(CommandSpec spec) {
        this.spec = spec;
    }

    int check(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw refusal(option + " " + value + " is out of range: give a whole number from " + min + " to " + max);
        }
        return value;
    }

    double check(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw refusal(option + " " + value + " is out of range: give a number from " + min + " to " + max);
        }
        return value;
    }

    ParameterException refusal(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
