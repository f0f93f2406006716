import AsyncHTTPClient
import Clients
import FoundationEssentials
import Link
import Model
import NIOCore
import NIOHTTP1
import NIOSSL

/// Sends an agent's requests with JSON bodies; responses are JSON or a fault.
struct AgentHTTP: Sendable {
    let client: HTTPClient
    /// `https://host:port`, without a trailing slash.
    let base: String

    /// A client that presents `credentials` and trusts only their authority.
    ///
    /// - Parameter silence: a connection without data for this long counts as broken
    static func client(_ credentials: AgentCredentials, silence: Duration) throws(Fault) -> HTTPClient {
        do {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes([UInt8](credentials.authority.utf8)))
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes([UInt8](credentials.certificateChain.utf8))
                .map { .certificate($0) }
            tls.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: [UInt8](credentials.privateKey.revealed.utf8), format: .pem))
            return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(tls, silence))
        } catch {
            throw .internalError("the agent's credentials are of no use to TLS: \(error)")
        }
    }

    /// The authorities that a client without credentials trusts.
    enum Trust: Sendable {
        /// The system's authorities and one more, in PEM.
        case system(and: String?)
        /// Authorities in PEM, and no others.
        case only([UInt8])
        /// No verification, for data that are verified in another way.
        case anybody
    }

    /// A client for enrolment, before the host has credentials. Throws 400 if the authorities are not certificates.
    static func client(trusting trust: Trust) throws(Fault) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        do {
            switch trust {
            case .system(let more):
                if let more {
                    tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMBytes([UInt8](more.utf8)))]
                }
            case .only(let authorities):
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities))
            case .anybody:
                tls.certificateVerification = .none
            }
        } catch {
            throw .badRequest("The file of authorities holds no certificates in PEM.")
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration(tls, .seconds(60)))
    }

    private static func configuration(_ tls: TLSConfiguration, _ silence: Duration) -> HTTPClient.Configuration {
        var tls = tls
        // The server does not read while it sends a stream, and answers a farewell only after it.
        tls.shutdownTimeout = .milliseconds(300)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout = .init(connect: .seconds(10), read: .init(silence))
        // Longer than a heartbeat interval: a control plane of an earlier release takes heartbeats on a connection of their own.
        configuration.connectionPool = .init(idleTimeout: .seconds(20))
        // The agent has a back-off of its own; a second one inside the client would hide from it that nobody answers.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        return configuration
    }

    private struct Errors: Decodable {
        struct One: Decodable {
            var detail: String?
            var code: String?
        }
        var errors: [One]
    }

    /// The code of the fault for a request without a response.
    static let unreachable = "link.unreachable"

    /// The response's body. Throws the server's fault, or 503 if the server does not respond.
    @discardableResult
    func send(_ method: HTTPMethod, _ path: String, _ body: some Encodable) async throws(Fault) -> [UInt8] {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers = ["content-type": "application/json", "accept": "application/json"]
        request.body = .bytes(ByteBuffer(bytes: try Self.encoded(body)))
        return try await exchange(request)
    }

    /// `message` as one line of JSON, without its end.
    static func encoded(_ message: some Encodable) throws(Fault) -> [UInt8] {
        do {
            return [UInt8](try JSONEncoder().encode(message))
        } catch {
            throw .internalError("a message to the control plane could not be written: \(error)")
        }
    }

    @discardableResult
    func send(_ method: HTTPMethod, _ path: String) async throws(Fault) -> [UInt8] {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers = ["accept": "application/json"]
        return try await exchange(request)
    }

    func get(_ path: String) async throws(Fault) -> [UInt8] {
        var request = HTTPClientRequest(url: base + path)
        request.headers = ["accept": "application/json"]
        return try await exchange(request)
    }

    /// Hands the body of a successful response over as it arrives. Throws as `send` does, also in the middle of the body.
    func receive(
        _ path: String, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        do {
            let response = try await client.execute(HTTPClientRequest(url: base + path), timeout: .hours(1))
            guard (200..<300).contains(response.status.code) else {
                throw Self.fault(response, Array(buffer: try await response.body.collect(upTo: 64 * 1024)))
            }
            for try await piece in response.body { try await take(Array(buffer: piece)) }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw unreachable(error)
        }
    }

    private func unreachable(_ error: any Error) -> Fault {
        Fault(
            .unavailable, "The control plane does not answer at \(base).", code: Self.unreachable,
            context: ConnectionTrouble.text(error))
    }

    private func exchange(_ request: HTTPClientRequest) async throws(Fault) -> [UInt8] {
        do {
            let response = try await client.execute(request, timeout: .seconds(60))
            let bytes = try await response.body.collect(upTo: 4 * 1024 * 1024)
            let answer = Array(buffer: bytes)
            guard (200..<300).contains(response.status.code) else { throw Self.fault(response, answer) }
            return answer
        } catch let fault as Fault {
            throw fault
        } catch {
            throw unreachable(error)
        }
    }

    static func fault(_ response: HTTPClientResponse, _ body: [UInt8]) -> Fault {
        let error = (try? JSONDecoder().decode(Errors.self, from: Data(body)))?.errors.first
        let status = Int(response.status.code)
        let kind = Fault.Kind(status: status, title: response.status.reasonPhrase)
        var fault = Fault(kind, error?.detail ?? "The control plane answered \(status).", code: error?.code)
        if let generation = response.headers.first(name: HostReport.generationHeader) {
            fault.headers = [.init(HostReport.generationHeader, generation)]
        }
        return fault
    }
}
