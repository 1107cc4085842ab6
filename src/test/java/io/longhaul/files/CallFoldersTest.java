package io.longhaul.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.FileParams;
import io.longhaul.tools.RecordedCall;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallFoldersTest {
    @TempDir
    Path root;

    @SuppressWarnings("unchecked")
    @Test
    void aFolderWhoseFilesFoundNoMemoryIsRemoved() {
        CallFolders folders = new CallFolders(
                new FileStore(null, new FilesConfiguration(1, 1, 1, Duration.ofHours(1), root.toString())));
        JsonNode schema = new ObjectNode(JsonNodeFactory.instance) {
            @Override
            public JsonNode path(String property) {
                throw new OutOfMemoryError("a test");
            }
        };

        assertThatThrownBy(() -> folders.open(new RecordedCall("{}"), new FileParams(schema, true)))
                .isInstanceOf(OutOfMemoryError.class);

        File[] nodes = root.toFile().listFiles(File::isDirectory);
        assertThat(nodes).hasSize(1);
        assertThat(nodes[0]).isEmptyDirectory();
    }
}
