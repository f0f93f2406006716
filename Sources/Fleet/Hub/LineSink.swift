import Link

/// Where the lines of one stream go. It is called under the table's lock and by any thread: it must not wait, nor call the hub.
struct LineSink: Sendable {
    /// A line that replaces one that was not taken yet.
    let send: @Sendable (DesiredState) -> Void
    /// No line follows. Called without the lock.
    let finish: @Sendable () -> Void
}
