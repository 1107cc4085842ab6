package io.longhaul.tools.remote;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.longhaul.tools.RemoteTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFactory;
import io.longhaul.tools.spi.Tool;
import java.util.List;

/** {@code type: remote}: workers in any language claim its jobs over HTTP. Has no settings of its own. */
@JsonTypeName("remote")
public final class RemoteToolFactory extends ToolFactory {
    @Override
    public List<Tool> build(ToolContext toolContext) {
        return List.of(new RemoteTool(describe()));
    }
}
