package dev.lanewise.examples.imdb.text;

import java.util.Set;

/**
 * English function words, used only to keep a chart of frequent words telling. They are never taken
 * out of what a model reads: "not" and "but" decide many a review.
 */
final class StopWords {

    private static final Set<String> WORDS = Set.of(
            """
                    a about above after again against all almost also although am an and another any
                    anyone anything are aren't around as at away back be because been before being
                    below between both but by came can can't cannot come could couldn't did didn't do
                    does doesn't doing don't down during each either else enough etc even ever every
                    everyone everything few for from further get gets getting give given go goes going
                    got had hadn't has hasn't have haven't having he he's her here here's hers herself
                    him himself his how however i i'd i'll i'm i've if in instead into is isn't it it's
                    its itself just let like made make makes many may maybe me might mine more most
                    much must my myself never no nor not nothing now of off on once one ones only or
                    other others our ours ourselves out over own per perhaps put quite rather re really
                    s said same saw say says see seem seems seen shall she she's should shouldn't since
                    so some someone something still such t take takes than that that's the their theirs
                    them themselves then there there's these they they're they've thing things this
                    those though through thus to together too took toward two under until up upon us
                    use used using ve very want was wasn't way we we'll we're we've well went were
                    weren't what what's when where which while who who's whole whom whose why will with
                    within without won't would wouldn't yet you you'll you're you've your yours
                    yourself yourselves
                    """
                    .strip()
                    .split("\\s+"));

    private StopWords() {}

    static boolean contains(String word) {
        return WORDS.contains(word);
    }
}
