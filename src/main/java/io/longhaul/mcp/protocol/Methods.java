package io.longhaul.mcp.protocol;

import java.util.Set;

/** The methods of requests and notifications, by the names that the protocol gives them. */
public final class Methods {
    /** Begins a legacy session. */
    public static final String INITIALIZE = "initialize";

    /** Ends the handshake of a legacy session. */
    public static final String INITIALIZED = "notifications/initialized";

    /** Asks if the other side is there. */
    public static final String PING = "ping";

    /** Asks a modern server for its revisions and capabilities. */
    public static final String DISCOVER = "server/discover";

    /** Lists the tools. */
    public static final String TOOLS_LIST = "tools/list";

    /** Calls a tool. */
    public static final String TOOLS_CALL = "tools/call";

    /** Asks for the state of a task. */
    public static final String TASKS_GET = "tasks/get";

    /** Waits for the result of a legacy task. */
    public static final String TASKS_RESULT = "tasks/result";

    /** Lists legacy tasks. */
    public static final String TASKS_LIST = "tasks/list";

    /** Answers what a modern task asks for. */
    public static final String TASKS_UPDATE = "tasks/update";

    /** Cancels a task. */
    public static final String TASKS_CANCEL = "tasks/cancel";

    /** Lists the resources. */
    public static final String RESOURCES_LIST = "resources/list";

    /** Lists the templates of addresses of resources. */
    public static final String RESOURCE_TEMPLATES_LIST = "resources/templates/list";

    /** Reads a resource. */
    public static final String RESOURCES_READ = "resources/read";

    /** Subscribes a legacy session to changes of a resource. */
    public static final String RESOURCES_SUBSCRIBE = "resources/subscribe";

    /** Ends such a subscription. */
    public static final String RESOURCES_UNSUBSCRIBE = "resources/unsubscribe";

    /** Opens a modern stream of changes. */
    public static final String LISTEN = "subscriptions/listen";

    /** Lists the prompts. */
    public static final String PROMPTS_LIST = "prompts/list";

    /** Reads a prompt. */
    public static final String PROMPTS_GET = "prompts/get";

    /** Sets the least level of log messages of a legacy session. */
    public static final String SET_LOG_LEVEL = "logging/setLevel";

    /** Says that a request is no longer wanted. */
    public static final String CANCELLED = "notifications/cancelled";

    /** Reports the progress of a request. */
    public static final String PROGRESS = "notifications/progress";

    /** Reports a log message. */
    public static final String LOG_MESSAGE = "notifications/message";

    /** Says that the list of tools has changed. */
    public static final String TOOLS_CHANGED = "notifications/tools/list_changed";

    /** Says that a resource has changed. */
    public static final String RESOURCE_UPDATED = "notifications/resources/updated";

    /** Says that a modern task has changed. */
    public static final String TASK_CHANGED = "notifications/tasks";

    /** Says that the status of a legacy task has changed. */
    public static final String TASK_STATUS = "notifications/tasks/status";

    /** Says what a modern stream of changes will report. */
    public static final String LISTENING = "notifications/subscriptions/acknowledged";

    /** All requests that this server answers. */
    public static final Set<String> REQUESTS = Set.of(
            INITIALIZE,
            PING,
            DISCOVER,
            TOOLS_LIST,
            TOOLS_CALL,
            TASKS_GET,
            TASKS_RESULT,
            TASKS_LIST,
            TASKS_UPDATE,
            TASKS_CANCEL,
            RESOURCES_LIST,
            RESOURCE_TEMPLATES_LIST,
            RESOURCES_READ,
            RESOURCES_SUBSCRIBE,
            RESOURCES_UNSUBSCRIBE,
            LISTEN,
            PROMPTS_LIST,
            SET_LOG_LEVEL);

    private Methods() {}
}
