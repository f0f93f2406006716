import API
import FoundationEssentials
import Model
import Settings

/// Listeners according to the settings.
enum Listening {
    /// The listener of the services.
    static func services(_ settings: Settings) throws(Fault) -> (ListenerConfiguration, AddressAndPort) {
        let address = try AddressAndPort(settings.listen.address)
        if settings.auth.strategy == .noauth2, !address.isLoopback {
            throw .badRequest(
                "auth_strategy noauth2 does not authenticate callers, so it is for this machine only; "
                    + "listen.address must be a loopback address such as 127.0.0.1:7780, not \(settings.listen.address)."
            )
        }
        var tls: ListenerConfiguration.TLS?
        if let certificate = settings.listen.certificate, let key = settings.listen.privateKey {
            tls = ListenerConfiguration.TLS(
                certificateChain: try bytes(certificate, "listen.certificate"),
                privateKey: try bytes(key, "listen.private_key"))
        }
        var configuration = ListenerConfiguration(
            host: address.host, port: address.port, tls: tls, maximumBody: settings.listen.maximumBody,
            trustedProxies: settings.listen.trustedProxies, corsOrigins: settings.listen.corsOrigins,
            publicURL: settings.listen.publicURL, logsAccess: settings.log.access,
            mostConnections: settings.listen.mostConnections)
        configuration.arrivalTime = settings.listen.arrivalTime
        configuration.readingTime = settings.listen.readingTime
        return (configuration, address)
    }

    /// The base URL in the catalog, with the port that was really opened.
    static func baseURL(_ settings: Settings, _ address: AddressAndPort, port: Int) -> String {
        if let url = settings.listen.publicURL { return url.hasSuffix("/") ? String(url.dropLast()) : url }
        return address.url(scheme: settings.listen.certificate == nil ? "http" : "https", port: port)
    }

    /// The file of the listener's certificate, if its chain ends in a self-signed certificate, which clients do not
    /// know.
    static func ownAuthority(_ settings: Settings) -> String? {
        guard let file = settings.listen.certificate, let data = FileManager.default.contents(atPath: file),
            ListenerConfiguration.TLS.endsInItself([UInt8](data))
        else { return nil }
        return URL(filePath: file).standardizedFileURL.path
    }

    private static func bytes(_ path: String, _ key: String) throws(Fault) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .badRequest("\(key): the file '\(path)' cannot be read.")
        }
        return [UInt8](data)
    }
}
