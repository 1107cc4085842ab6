package io.longhaul.console.jobs;

import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.console.Paths;
import io.longhaul.console.jobs.Rows.Cell;
import io.longhaul.console.jobs.Rows.NotRowsException;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A result that is a list of objects, as comma-separated values (RFC 4180). */
@Path(Paths.JOBS + "/{id}/result.csv")
public final class ResultCsv {
    private static final int MOST_COLUMNS = 1_000;

    /** Spreadsheets would run text that begins so. */
    private static final String FORMULAS = "=+-@\t\r";

    private static final Cell NOTHING = new Cell("", false, false);

    private final JobQueries queries;

    public ResultCsv(JobQueries queries) {
        this.queries = queries;
    }

    /** All rows and all columns. */
    @GET
    @RequiresRole(Role.READ)
    @Produces("text/csv;charset=utf-8")
    public Response download(@PathParam("id") String id, @Context HttpServletRequest request) {
        Job job = JobResource.find(queries, id, request);
        Set<String> columns = columns(job);
        StreamingOutput content = out -> write(job.result(), columns, out);
        return Response.ok(content)
                .header("Content-Disposition", "attachment; filename=\"" + job.id() + "-result.csv\"")
                .build();
    }

    private static Set<String> columns(Job job) {
        Set<String> names = new LinkedHashSet<>();
        try (Rows rows = job.result() == null ? null : Rows.of(job.result()).orElse(null)) {
            if (rows == null) {
                throw new NotRowsException();
            }
            for (Optional<Map<String, Cell>> row = rows.next(); row.isPresent(); row = rows.next()) {
                names.addAll(row.get().keySet());
                if (names.size() > MOST_COLUMNS) {
                    throw new NotRowsException();
                }
            }
        } catch (NotRowsException | IOException e) {
            throw new RefusedException(
                    ErrorCode.NOT_FOUND,
                    "The result of job " + job.id() + " is no list of objects with at most " + MOST_COLUMNS
                            + " different members. Download it as JSON.");
        }
        return names;
    }

    private static void write(String json, Set<String> columns, OutputStream out) throws IOException {
        Writer csv = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        line(csv, columns.stream().map(name -> new Cell(name, true, false)).toList());
        try (Rows rows = Rows.of(json).orElseThrow()) {
            for (Optional<Map<String, Cell>> row = rows.next(); row.isPresent(); row = rows.next()) {
                Map<String, Cell> cells = row.get();
                line(
                        csv,
                        columns.stream()
                                .map(name -> cells.getOrDefault(name, NOTHING))
                                .toList());
            }
        } catch (NotRowsException e) {
            throw new IOException("The rows were read before", e);
        }
        csv.flush();
    }

    private static void line(Writer csv, Iterable<Cell> cells) throws IOException {
        String before = "";
        for (Cell cell : cells) {
            csv.write(before);
            csv.write(quoted(cell));
            before = ",";
        }
        csv.write("\r\n");
    }

    private static String quoted(Cell cell) {
        String text = cell.text();
        boolean runs = cell.isText() && !text.isEmpty() && FORMULAS.indexOf(text.charAt(0)) >= 0;
        String safe = runs ? "'" + text : text;
        boolean isPlain = safe.equals(safe.strip()) && safe.chars().noneMatch(c -> "\",\r\n".indexOf(c) >= 0);
        return isPlain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }
}
