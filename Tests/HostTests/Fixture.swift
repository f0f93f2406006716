import Host
import Synchronization
import Testing

/// A recorded host of `Fixtures/hosts`, each time its own. The archive is read once.
func fixture(_ name: String, file: String = #filePath) throws -> RecordedHost {
    let repository = file.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/\(repository)/Fixtures/hosts/\(name).host"
    return try fixtures.withLock { known in
        if let host = known[name] { return host.again() }
        let host = try RecordedHost(file: path)
        known[name] = host
        return host.again()
    }
}

private let fixtures = Mutex<[String: RecordedHost]>([:])
