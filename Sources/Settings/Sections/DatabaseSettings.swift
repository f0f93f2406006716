public import Model

/// Where the state lives.
public struct DatabaseSettings: Sendable {
    /// `sqlite:///absolute/path`, or a libpq URL without password.
    public let url: String
    public let password: Secret?
    public let connections: Int

    /// The file of an SQLite database; nil with PostgreSQL.
    public var file: String? {
        let prefix = "sqlite://"
        return url.hasPrefix(prefix) ? String(url.dropFirst(prefix.count)) : nil
    }

    init(_ reader: inout SettingsReader) {
        url = reader.text(
            "database.url", "sqlite:///PATH or postgresql://USER@HOST:PORT/NAME. The password is in a file of its own.",
            default: "sqlite:///var/lib/kilonova/kilonova.sqlite")
        password = reader.secret(file: "database.password_file", "File that contains the database user's password.")
        connections = reader.number(
            "database.connections", "Connections for reading, per replica.", in: 1...256, default: 8)
        if !url.hasPrefix("sqlite:///"), !url.hasPrefix("postgresql://"), !url.hasPrefix("postgres://") {
            reader.refuse("database.url", "must begin with sqlite:/// or postgresql://")
        }
    }
}
