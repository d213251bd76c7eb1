package dev.lanewise.examples.imdb.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Makes short film reviews from a small grammar, for machines without the real ones. They are meant to need more than a
 * count of good and bad words: one opinion in five is negated ("not dull"), a quarter of the reviews
 * praise some things and blame others before a verdict decides, and facts about the film say nothing. All text is this
 * project's own.
 */
public final class SyntheticCorpus {

    /** The seed of the corpus that stands in for missing data. */
    public static final long SEED = 20_110_619;

    private static final double NEGATED = 0.2;
    private static final double MIXED = 0.25;
    private static final double RATED = 0.08;

    private static final String[] GOOD = {
        "moving", "funny", "gripping", "clever", "charming", "tender", "fresh", "tense", "warm", "memorable",
        "graceful",
        "daring"
    };
    private static final String[] BAD = {
        "dull", "clumsy", "flat", "tiresome", "lazy", "shallow", "noisy", "stale", "confused", "wooden", "bland",
        "silly"
    };
    private static final String[] ASPECTS = {
        "the story", "the acting", "the music", "the dialogue", "the camera work", "the ending", "the first half",
        "the lead performance", "the editing", "the humour", "the love story", "the villain"
    };
    private static final String[] GENRES = {
        "comedy", "thriller", "western", "drama", "mystery", "road movie", "musical", "war film", "ghost story"
    };
    private static final String[] PLACES = {
        "a lighthouse", "a small harbour town", "a night train", "an old theatre", "a mountain village",
        "a travelling circus", "a newspaper office", "a hotel in winter", "a railway station", "a school by the sea"
    };
    private static final String[] PEOPLE = {
        "two sisters", "a retired clerk", "a young doctor", "three thieves", "a stubborn widow", "a piano tuner",
        "a runaway boy", "an inspector", "a tired teacher", "a band of players"
    };
    private static final String[] DEGREES = {"", "", "", "very ", "really ", "rather ", "quite ", "truly "};
    private static final String[] DENIED_DEGREES = {"", "", "", "very ", "really ", "truly "};
    private static final String[] TRIUMPHS = {
        "a triumph", "a small wonder", "a delight", "a treat", "a success", "an evening well spent"
    };
    private static final String[] FAILURES = {
        "a failure", "a waste of time", "a disappointment", "a mess", "a chore", "an evening lost"
    };
    private static final String[] OPENINGS = {
        "I saw this %s at a friend's house.",
        "This %s runs for almost two hours.",
        "My brother gave me this %s for my birthday.",
        "They showed this %s late on Sunday.",
        "I had read a lot about this %s before."
    };
    private static final String[] PLOTS = {
        "It follows %s in %s.",
        "It tells of %s and of what happens in %s.",
        "Most of it takes place in %2$s, where we meet %1$s.",
        "We watch %s spend a year in %s."
    };
    private static final String[] PLAIN = {"%s is %s%s.", "%s was %s%s.", "I found that %s is %s%s.", "%s feels %s%s."};
    private static final String[] DENIED = {
        "%s is not %s%s.", "%s is never %s%s.", "nobody could call %s %s%s.", "%s is anything but %s%s.",
        "I cannot say that %s was %s%s.", "%s is hardly %s%s."
    };
    private static final String[] VERDICTS = {
        "All in all this film is %s.", "In the end it is %s.", "As a whole the film is %s.", "My verdict: %s.",
        "Taken together, it was %s."
    };
    private static final String[] DENIED_VERDICTS = {
        "All in all this film is not %s.", "In the end it is far from %s.", "As a whole the film is never %s.",
        "My verdict: anything but %s.", "Taken together, it was hardly %s."
    };
    private static final String[] TURNS = {"Still,", "However,", "But", "On the other hand,", "Then again,"};

    private final Random random;

    /**
     * Creates a generator.
     *
     * @param seed the same seed, the same reviews
     */
    public SyntheticCorpus(long seed) {
        this.random = new Random(seed);
    }

    /**
     * Makes reviews, positive and negative in turn, no text twice.
     *
     * @param count how many
     * @return the reviews, with ids such as {@code synthetic 17}
     */
    public List<Review> generate(int count) {
        Set<String> texts = new HashSet<>();
        List<Review> reviews = new ArrayList<>(count);
        while (reviews.size() < count) {
            boolean positive = reviews.size() % 2 == 0;
            String text = review(positive);
            if (texts.add(TextKey.of(text))) {
                reviews.add(new Review(text, positive, "synthetic " + reviews.size(), ""));
            }
        }
        return reviews;
    }

    private String review(boolean positive) {
        List<String> sentences = new ArrayList<>();
        sentences.add(pick(OPENINGS).formatted(pick(GENRES)));
        if (random.nextInt(3) > 0) {
            sentences.add(pick(PLOTS).formatted(pick(PEOPLE), pick(PLACES)));
        }
        boolean mixed = random.nextDouble() < MIXED;
        int opinions = 2 + random.nextInt(3);
        int firstAspect = random.nextInt(ASPECTS.length);
        boolean previous = positive;
        for (int i = 0; i < opinions; i++) {
            boolean praise = mixed ? random.nextBoolean() : positive;
            String aspect = ASPECTS[(firstAspect + 5 * i) % ASPECTS.length];
            String sentence = opinion(aspect, praise);
            boolean turn = i > 0 && praise != previous;
            sentences.add(turn ? pick(TURNS) + " " + sentence : capitalised(sentence));
            previous = praise;
        }
        if (mixed || random.nextInt(3) == 0) {
            sentences.add(verdict(positive));
        }
        if (random.nextDouble() < RATED) {
            int rating = positive ? 7 + random.nextInt(4) : 1 + random.nextInt(4);
            sentences.add(random.nextBoolean() ? rating + "/10" : rating + " out of 10.");
        }
        StringBuilder text = new StringBuilder();
        for (String sentence : sentences) {
            if (!text.isEmpty()) {
                text.append(random.nextInt(8) == 0 ? "<br /><br />" : " ");
            }
            text.append(sentence);
        }
        return text.toString();
    }

    private String opinion(String aspect, boolean praise) {
        boolean denied = random.nextDouble() < NEGATED;
        String word = pick(praise == denied ? BAD : GOOD);
        return pick(denied ? DENIED : PLAIN).formatted(aspect, pick(denied ? DENIED_DEGREES : DEGREES), word);
    }

    private String verdict(boolean positive) {
        boolean denied = random.nextDouble() < NEGATED;
        boolean good = positive != denied;
        String word = random.nextBoolean() ? pick(good ? GOOD : BAD) : pick(good ? TRIUMPHS : FAILURES);
        String sentence = pick(denied ? DENIED_VERDICTS : VERDICTS).formatted(word);
        return random.nextInt(6) == 0 ? sentence.substring(0, sentence.length() - 1) + "!" : sentence;
    }

    private String pick(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static String capitalised(String sentence) {
        return Character.toUpperCase(sentence.charAt(0)) + sentence.substring(1);
    }
}
