import AsyncHTTPClient
public import NIOCore
import NIOHTTP1
import NIOPosix

/// `WebSource` over the network. A name is resolved once, its address is checked, and the connection goes to that address and no other, so
/// that a second answer of the name service changes nothing.
public struct WebDownload: WebSource {
    private let rules: WebRules
    private let resolve: @Sendable (_ host: String, _ port: Int) throws -> SocketAddress

    private static let mostRedirects = 5

    public init(_ rules: WebRules) {
        self.init(rules) { host, port in try SocketAddress.makeAddressResolvingHost(host, port: port) }
    }

    init(_ rules: WebRules, resolve: @escaping @Sendable (_ host: String, _ port: Int) throws -> SocketAddress) {
        self.rules = rules
        self.resolve = resolve
    }

    public func fetch(_ address: WebAddress, take: @Sendable (ByteBuffer) async throws -> Void) async throws {
        var address = address
        for _ in 0...Self.mostRedirects {
            guard let next = try await ask(address, take) else { return }
            address = next
        }
        throw WebFault("\(address) redirects too often.")
    }

    /// Nil where the data came; otherwise where to ask instead.
    private func ask(
        _ address: WebAddress, _ take: @Sendable (ByteBuffer) async throws -> Void
    ) async throws -> WebAddress? {
        let client = try await client(for: address)
        do {
            let next = try await ask(address, client, take)
            try await client.shutdown()
            return next
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func ask(
        _ address: WebAddress, _ client: HTTPClient, _ take: @Sendable (ByteBuffer) async throws -> Void
    ) async throws -> WebAddress? {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(
                HTTPClientRequest(url: address.description), deadline: .now() + .hours(24))
        } catch let error as HTTPClientError {
            throw WebFault("\(address) cannot be reached: \(error.shortDescription).")
        } catch let error as IOError {
            throw WebFault("\(address) cannot be reached: \(ConnectionTrouble.text(error)).")
        } catch let error as NIOConnectionError {
            throw WebFault("\(address) cannot be reached: \(ConnectionTrouble.text(error)).")
        }
        switch Int(response.status.code) {
        case 200: break
        case 301, 302, 303, 307, 308:
            guard let next = response.headers.first(name: "Location").flatMap({ address.following($0) }) else {
                throw WebFault("\(address) redirects to no address.")
            }
            return next
        case let status: throw WebFault("\(address) answers \(status).")
        }
        let said = response.headers.first(name: "Content-Length").flatMap { Int($0) }
        var count = 0
        for try await piece in response.body {
            count += piece.readableBytes
            try await take(piece)
        }
        if let said, count != said { throw WebFault("\(address) sent \(count) bytes of \(said).") }
        return nil
    }

    /// A client that connects to the checked place of the address. Throws where the rules refuse either.
    private func client(for address: WebAddress) async throws -> HTTPClient {
        guard rules.admit(address) else { throw WebFault("\(address) does not pass filtering.") }
        let resolve = resolve
        let place: SocketAddress
        do {
            place = try await NIOThreadPool.singleton.runIfActive { try resolve(address.host, address.port) }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw WebFault("The name '\(address.host)' cannot be resolved.")
        }
        guard rules.admit(address, at: place), let number = place.ipAddress else {
            throw WebFault("\(address) does not pass filtering.")
        }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.timeout.read = .seconds(60)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [address.host: number]
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
