package dev.lanewise.examples.imdb.cli;

import dev.lanewise.examples.imdb.report.Environment;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Environment.programVersion();
        return new String[] {
            "imdb " + (version.equals("unknown") ? "(development build)" : version),
            System.getProperty("java.vm.name") + " " + Runtime.version()
        };
    }
}
