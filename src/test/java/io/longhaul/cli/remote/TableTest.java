package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class TableTest {
    @Test
    void columnsAreAlignedAndNumbersEndAtTheRight() {
        Table table = new Table("NAME", "COUNT", "EMPTY", "STATUS");
        table.row("a", "7", "", Text.status(Ansi.ON, "failed"));
        table.row("längere", "1200", "", Text.status(Ansi.ON, "completed"));
        assertThat(table.lines())
                .containsExactly(
                        "NAME     COUNT  STATUS",
                        "a            7  \u001B[31mfailed\u001B[39m\u001B[0m",
                        "längere   1200  \u001B[32mcompleted\u001B[39m\u001B[0m");
    }

    @Test
    void boundsAndDurationsEndAtTheRight() {
        Table table = new Table("TOOK", "RUN P50");
        table.row("1m40s", "≤300ms");
        table.row("4.2s", "≤10s");
        table.row("2h", ">83h20m");
        assertThat(table.lines())
                .containsExactly(" TOOK  RUN P50", "1m40s   ≤300ms", " 4.2s     ≤10s", "   2h  >83h20m");
    }

    @Test
    void aRowHasAValueForEachColumn() {
        assertThatThrownBy(() -> new Table("A", "B").row("1")).hasMessage("1 values for 2 columns");
    }
}
