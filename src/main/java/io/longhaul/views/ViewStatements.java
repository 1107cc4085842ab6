package io.longhaul.views;

import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** Keeps views. The owner is the name of a principal, or {@link #ALL}. */
@RegisterConstructorMapper(View.class)
public interface ViewStatements {
    /** The owner of views that all see. No principal has such a name. */
    String ALL = "";

    /** The views that an owner sees, by name. Their number is bounded where they are kept. */
    @SqlQuery("""
            SELECT name, query, owner = '' AS shared, changed_by, created_at, changed_at
            FROM views
            WHERE owner IN ('', :owner)
            ORDER BY lower(name), name, owner
            """)
    List<View> visible(String owner);

    @SqlQuery("""
            SELECT name, query, owner = '' AS shared, changed_by, created_at, changed_at
            FROM views
            WHERE owner = :owner AND name = :name
            """)
    Optional<View> find(String owner, String name);

    /**
     * Keeps a view, in place of the one of this name. Nothing happens, and the answer is empty, if the owner has too many
     * others; a new view has the same time twice.
     *
     * @param most most views of an owner
     */
    // Two at the same moment may make one too many, which does no harm.
    @SqlQuery("""
            INSERT INTO views (owner, name, query, changed_by)
            SELECT :owner, :name, :query, :changedBy
            WHERE (SELECT count(*) FROM views v WHERE v.owner = :owner AND v.name <> :name) < :most
            ON CONFLICT (owner, name) DO UPDATE
            SET query = EXCLUDED.query, changed_by = EXCLUDED.changed_by, changed_at = clock_timestamp()
            RETURNING name, query, owner = '' AS shared, changed_by, created_at, changed_at
            """)
    Optional<View> keep(String owner, String name, String query, String changedBy, int most);

    /** Removes a view; 0 if there is none. */
    @SqlUpdate("DELETE FROM views WHERE owner = :owner AND name = :name")
    int remove(String owner, String name);
}
