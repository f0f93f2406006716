import API
import AsyncHTTPClient
import HTTPTypes
import Model
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@testable import Fleet

/// Data of files on a connection whose bytes have to be encrypted.
@Suite(.timeLimit(.minutes(30))) struct FileOverTLSTests {
    @Test func `over TLS the data of a file come in pieces, because the kernel would send them as they are`()
        async throws
    {
        try await AgentListener.run { listener in
            let endpoint = Endpoint(
                .get, "/file", "Download a file", access: .open, answers: .data(.octetStream),
                faults: [.rangeNotSatisfiable]
            ) { call in
                let (pieces, sink) = AsyncStream.makeStream(of: ByteBuffer.self)
                sink.yield(ByteBuffer(string: "whole"))
                sink.finish()
                return try await .data(
                    call, size: 5,
                    reading: { _ in
                        {
                            var iterator = pieces.makeAsyncIterator()
                            return await iterator.next()
                        }
                    }, regions: { _ in { throw Fault.internalError("a region was asked for") } })
            }
            let service = API.Service(
                name: "played-files", title: "Played Files", prefix: "/files", family: AgentFamily(),
                endpoints: [endpoint], authenticator: CertificateAuthenticator(store: listener.world.store),
                authorizer: AgentAuthorizer())
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates(
                try NIOSSLCertificate.fromPEMBytes([UInt8](listener.authority.certificatePEM.utf8)))
            let client = HTTPClient(configuration: .init(tlsConfiguration: tls))
            defer { client.shutdown { _ in } }
            try await AgentListener.serve(service, tls: try listener.authority.listenerTLS(names: ["127.0.0.1"])) {
                port in
                let request = HTTPClientRequest(url: "https://127.0.0.1:\(port)/files/file")
                let response = try await client.execute(request, timeout: .seconds(600))
                #expect(response.status == .ok)
                #expect(String(buffer: try await response.body.collect(upTo: 1000)) == "whole")
            }
        }
    }
}
