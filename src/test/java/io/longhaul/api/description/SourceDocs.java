package io.longhaul.api.description;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.LinkTree;
import com.sun.source.doctree.LiteralTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.doctree.TextTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The Javadoc of sources as Markdown. Compiled classes do not have it. */
final class SourceDocs {
    /**
     * The Javadoc of a class, a method or a constant.
     *
     * @param summary the first sentence
     * @param rest the text after it
     * @param params descriptions of parameters or record components, by name
     */
    record Doc(String summary, String rest, Map<String, String> params) {
        static final Doc NONE = new Doc("", "", Map.of());

        String whole() {
            return (summary + " " + rest).strip();
        }
    }

    private final Map<String, Doc> docs = new HashMap<>();
    private final Set<String> operations = new HashSet<>();

    /** Reads all sources below a folder. */
    static SourceDocs of(Path sources) {
        SourceDocs read = new SourceDocs();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (Stream<Path> files = Files.walk(sources);
                StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            List<Path> java =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(java));
            DocTrees trees = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                read.new Scanner(trees, unit.getPackageName().toString()).scan(unit, null);
            }
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The Javadoc of a class. */
    Doc of(Class<?> type) {
        return docs.getOrDefault(name(type), Doc.NONE);
    }

    /** The Javadoc of a method, an enum constant or a public constant. Of methods with one name, that of the operation counts. */
    Doc of(Class<?> type, String member) {
        return docs.getOrDefault(name(type) + "#" + member, Doc.NONE);
    }

    private static String name(Class<?> type) {
        return type.getName().replace('$', '.');
    }

    private final class Scanner extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final Deque<String> outer = new ArrayDeque<>();

        Scanner(DocTrees trees, String room) {
            this.trees = trees;
            outer.addLast(room);
        }

        @Override
        public Void visitClass(ClassTree node, Void unused) {
            outer.addLast(node.getSimpleName().toString());
            note(String.join(".", outer));
            super.visitClass(node, unused);
            outer.removeLast();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree node, Void unused) {
            String name = String.join(".", outer) + "#" + node.getName();
            if (isOperation(node)) {
                docs.remove(name);
                operations.add(name);
                note(name);
            } else if (!operations.contains(name)) {
                note(name);
            }
            return null;
        }

        private boolean isOperation(MethodTree node) {
            return node.getModifiers().getAnnotations().stream()
                    .anyMatch(annotation ->
                            annotation.getAnnotationType().toString().equals(Operation.class.getSimpleName()));
        }

        @Override
        public Void visitVariable(VariableTree node, Void unused) {
            boolean isConstant = node.getModifiers().getFlags().containsAll(Set.of(Modifier.PUBLIC, Modifier.STATIC));
            if (isConstant || getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.ENUM) {
                note(String.join(".", outer) + "#" + node.getName());
            }
            return null;
        }

        private void note(String name) {
            DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
            if (comment != null) {
                docs.put(name, doc(comment));
            }
        }
    }

    private static Doc doc(DocCommentTree comment) {
        Map<String, String> params = new LinkedHashMap<>();
        for (DocTree tag : comment.getBlockTags()) {
            if (tag instanceof ParamTree param) {
                params.put(param.getName().toString(), text(param.getDescription()));
            }
        }
        return new Doc(text(comment.getFirstSentence()), text(comment.getBody()), params);
    }

    private static String text(List<? extends DocTree> parts) {
        return parts.stream()
                .map(SourceDocs::text)
                .collect(Collectors.joining())
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static String text(DocTree part) {
        if (part instanceof LiteralTree literal) {
            return "`" + literal.getBody().getBody() + "`";
        }
        if (part instanceof LinkTree link) {
            String label = text(link.getLabel());
            return label.isEmpty() ? "`" + link.getReference().getSignature().replaceAll(".*#", "") + "`" : label;
        }
        return part instanceof TextTree text ? text.getBody() : part.toString();
    }
}
