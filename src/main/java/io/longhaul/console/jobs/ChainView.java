package io.longhaul.console.jobs;

import io.longhaul.api.jobs.JobChain;
import io.longhaul.api.jobs.JobChain.Member;
import io.longhaul.console.Paths;
import io.longhaul.console.Words;
import io.longhaul.jobs.JobStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The chain of a job as a drawing: each job stands to the right of all that it runs after.
 *
 * @param cards the jobs
 * @param lines the ways between them: the data of an SVG path
 * @param width of the drawing
 * @param height of the drawing
 * @param more whether more jobs belong to it
 */
public record ChainView(List<Card> cards, String lines, int width, int height, boolean more) {
    /** Width of a card. */
    public static final int CARD = 192;

    /** Height of a card. */
    public static final int TALL = 44;

    private static final int ACROSS = CARD + 44;
    private static final int DOWN = TALL + 12;

    /** The frame of a card is not cut off at the edge. */
    private static final int EDGE = 2;

    private static final int LONGEST_NAME = 22;

    /**
     * A job of the drawing.
     *
     * @param id the job
     * @param tool its tool, shortened; "removed" if the job is no longer kept
     * @param status its status, or null if the job is no longer kept
     * @param here whether the page is about it
     * @param x place of its card
     * @param y place of its card
     * @param words the card and its ways in words
     */
    public record Card(UUID id, String tool, JobStatus status, boolean here, int x, int y, String words) {
        public String path() {
            return Paths.JOBS + "/" + id;
        }

        public String shortId() {
            return ChainView.shortId(id);
        }
    }

    /** Draws a chain; null for a job in none. */
    static ChainView of(JobChain chain) {
        if (chain == null || chain.jobs().isEmpty()) {
            return null;
        }
        Map<UUID, Integer> columns = columns(chain.jobs());
        Map<Integer, Integer> rows = new HashMap<>();
        List<Card> cards = new ArrayList<>();
        for (Member job : chain.jobs()) {
            int column = columns.get(job.jobId());
            int row = rows.merge(column, 1, Integer::sum) - 1;
            cards.add(card(job, job.jobId().equals(chain.jobId()), EDGE + column * ACROSS, EDGE + row * DOWN));
        }
        // The order of the drawing is that of the keyboard: column by column.
        cards.sort(Comparator.comparingInt(Card::x).thenComparingInt(Card::y));
        int most = rows.values().stream().mapToInt(Integer::intValue).max().orElse(1);
        return new ChainView(
                cards,
                lines(chain.jobs(), cards),
                rows.size() * ACROSS - (ACROSS - CARD) + 2 * EDGE,
                most * DOWN - (DOWN - TALL) + 2 * EDGE,
                chain.more());
    }

    /** The column of each job: one more than the last one of those before it. */
    private static Map<UUID, Integer> columns(List<Member> jobs) {
        Map<UUID, Integer> columns = new HashMap<>();
        jobs.forEach(job -> columns.put(job.jobId(), 0));
        boolean moved = true;
        // No job is its own predecessor; the bound is for rows that somebody wrote by hand.
        for (int pass = 0; moved && pass < jobs.size(); pass++) {
            moved = false;
            for (Member job : jobs) {
                int column = job.after().stream()
                        .mapToInt(after -> columns.getOrDefault(after, -1) + 1)
                        .max()
                        .orElse(0);
                moved |= column > columns.get(job.jobId());
                columns.merge(job.jobId(), column, Math::max);
            }
        }
        return columns;
    }

    private static Card card(Member job, boolean here, int x, int y) {
        String tool = job.tool() == null ? "removed" : job.tool();
        JobStatus status = JobStatus.fromLabel(String.valueOf(job.status())).orElse(null);
        String words = tool + " " + shortId(job.jobId())
                + (status == null ? "" : ", " + status.label())
                + (job.after().isEmpty()
                        ? ""
                        : ", after "
                                + job.after().stream().map(ChainView::shortId).collect(Collectors.joining(", ")));
        return new Card(job.jobId(), Words.line(tool, LONGEST_NAME), status, here, x, y, words);
    }

    private static String lines(List<Member> jobs, List<Card> cards) {
        Map<UUID, Card> places = new HashMap<>();
        cards.forEach(card -> places.put(card.id(), card));
        StringBuilder lines = new StringBuilder();
        for (Member job : jobs) {
            Card to = places.get(job.jobId());
            for (UUID after : job.after()) {
                Card from = places.get(after);
                int middle = (from.x() + CARD + to.x()) / 2;
                lines.append("M%d %dC%d %d %d %d %d %d"
                        .formatted(
                                from.x() + CARD,
                                from.y() + TALL / 2,
                                middle,
                                from.y() + TALL / 2,
                                middle,
                                to.y() + TALL / 2,
                                to.x(),
                                to.y() + TALL / 2));
            }
        }
        return lines.toString();
    }

    private static String shortId(UUID id) {
        return id.toString().substring(0, 8);
    }
}
