package io.longhaul.tools.inprocess;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolFactory;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code type: java}: a {@link Tool} class on the class path or of a plug-in, named by {@code class} or found by its
 * own name among those listed in {@code META-INF/services/io.longhaul.tools.spi.Tool}. The class describes itself; the
 * entry's {@code name} must be the class's own.
 */
@JsonTypeName("java")
public final class JavaToolFactory extends ToolFactory {
    /** Class with a public constructor without parameters; without this setting, ServiceLoader finds the class. */
    @JsonProperty("class")
    private String className;

    @Override
    public List<Tool> build(ToolContext toolContext) {
        refuseDescription();
        List<ClassLoader> loaders = Stream.concat(Stream.of(classLoader()), toolContext.plugins().stream())
                .toList();
        Tool tool = className == null ? listed(loaders) : instantiated(loaders);
        String own = tool.description().name();
        if (!own.equals(name())) {
            throw new ToolConfigurationException(
                    "class %s names its tool '%s': write name: %s".formatted(className, own, own));
        }
        toolContext.named(own);
        return List.of(ofPlugin(tool) ? new Plugin.PluginTool(tool, tool.description()) : tool);
    }

    private static boolean ofPlugin(Tool tool) {
        return tool.getClass().getClassLoader() instanceof Plugin.Loader;
    }

    private Tool listed(List<ClassLoader> loaders) {
        try {
            List<Tool> all = loaders.stream()
                    .flatMap(loader -> ServiceLoader.load(Tool.class, loader).stream())
                    .map(ServiceLoader.Provider::get)
                    .toList();
            return all.stream()
                    .filter(tool -> tool.description().name().equals(name()))
                    .findFirst()
                    .orElseThrow(() -> notListed(all));
        } catch (ServiceConfigurationError e) {
            throw new ToolConfigurationException("a listed tool class cannot be loaded: " + e.getMessage(), e);
        }
    }

    private static ToolConfigurationException notListed(List<Tool> all) {
        String names = all.stream()
                .map(tool -> tool.description().name())
                .collect(Collectors.toCollection(TreeSet::new))
                .toString();
        return new ToolConfigurationException("no such tool on the class path, only " + names
                + ": add its jar, best as a plug-in, or name its class with class:");
    }

    private Tool instantiated(List<ClassLoader> loaders) {
        try {
            return loaded(loaders).asSubclass(Tool.class).getConstructor().newInstance();
        } catch (ClassNotFoundException e) {
            throw new ToolConfigurationException(
                    "class " + className
                            + " is not on the class path: add its jar, best as a plug-in, or correct the name",
                    e);
        } catch (ClassCastException | ReflectiveOperationException e) {
            throw new ToolConfigurationException(
                    "class %s cannot be used (%s): it must implement %s and have a public constructor without parameters"
                            .formatted(className, e, Tool.class.getName()),
                    e);
        }
    }

    private Class<?> loaded(List<ClassLoader> loaders) throws ClassNotFoundException {
        ClassNotFoundException missing = null;
        for (ClassLoader loader : loaders) {
            try {
                return Class.forName(className, true, loader);
            } catch (ClassNotFoundException e) {
                missing = e;
            }
        }
        throw missing;
    }

    private static ClassLoader classLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? JavaToolFactory.class.getClassLoader() : context;
    }
}
