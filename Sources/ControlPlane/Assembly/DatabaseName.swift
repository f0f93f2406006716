import Settings

/// The name of the database in messages: its file, or the server's address, never with a password.
struct DatabaseName: CustomStringConvertible {
    let description: String

    init(_ settings: DatabaseSettings) {
        if let file = settings.file {
            description = "The database file '\(file)'"
            return
        }
        // `scheme://user:password@host:port/name?options`: neither what stands before the last @ nor an option is shown.
        let rest = settings.url.split(separator: "?", maxSplits: 1).first ?? ""
        let place = rest.split(separator: "@").last ?? ""
        let bare = place.split(separator: "://").last ?? place
        description = "The PostgreSQL database at '\(bare)'"
    }
}
