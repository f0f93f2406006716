import API
import AsyncHTTPClient
import Foundation
import HTTPTypes
import Logging
import Model
import NIOCore
import NIOHTTP1
import Testing

@testable import Fleet
@testable import Link
@testable import LinkClient

/// Heartbeats on the connection of the stream, over real TLS.
@Suite(.timeLimit(.minutes(30))) struct ConversationTests {
    let host: HostName = "compute-1"

    /// Serves what `isKept` of the agents' API with mutual TLS.
    private func serve(
        _ listener: AgentListener, arrival: Duration = .seconds(30), _ isKept: (Endpoint) -> Bool = { _ in true },
        _ body: @Sendable (String) async throws -> Void
    ) async throws {
        let whole = AgentEndpoints.service(
            hub: listener.world.hub, reception: listener.world.reception, enrolment: nil,
            authenticator: CertificateAuthenticator(store: listener.world.store))
        let service = API.Service(
            name: whole.name, title: whole.title, prefix: whole.prefix, family: whole.family,
            endpoints: whole.endpoints.filter(isKept), authenticator: whole.authenticator, authorizer: whole.authorizer)
        let tls = try listener.authority.listenerTLS(names: ["127.0.0.1"])
        try await AgentListener.serve(service, tls: tls, arrival: arrival) { port in
            try await body("https://127.0.0.1:\(port)")
        }
    }

    /// Closes the link however `body` ends: an open client that nobody holds ends the process. Silence is no failure here, however
    /// slow the machine is, unless it is said.
    private func withLink(
        _ listener: AgentListener, _ credentials: AgentCredentials, to base: String? = nil,
        silence: Duration = .seconds(3600), logger: Logger = LinkWorld.logger,
        _ body: (HTTPAgentLink) async throws -> Void
    ) async throws {
        let link = try await listener.link(
            host, credentials, to: base ?? listener.secure, silence: silence, logger: logger)
        do {
            try await body(link)
        } catch {
            await link.close()
            throw error
        }
        await link.close()
    }

    private static func isHeartbeat(_ endpoint: Endpoint) -> Bool {
        endpoint.method == .put && endpoint.path.description.hasSuffix("/heartbeat")
    }

    /// What the first releases did not have.
    private static func isLater(_ endpoint: Endpoint) -> Bool {
        endpoint.path.description.hasSuffix("/abilities")
            || endpoint.method == .post && endpoint.path.description.hasSuffix("/watch")
    }

    @Test func `heartbeats go up on the stream and are answered there`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            // There is no other way for them.
            try await serve(listener, { !Self.isHeartbeat($0) }) { base in
                try await withLink(listener, credentials, to: base) { link in
                    var lines = link.desiredStates(after: 0).makeAsyncIterator()
                    let line = try #require(await lines.next())
                    try await link.heartbeat(Heartbeat(nonce: line.nonce, revision: line.revision, agentVersion: "1"))
                    #expect(try await listener.world.host(host)?.state == .up)
                    // One that is refused, and those around it.
                    async let first: Void = link.heartbeat(Heartbeat(nonce: nil, revision: 0, agentVersion: "1"))
                    let refused = await #expect(throws: Fault.self) {
                        try await link.heartbeat(Heartbeat(nonce: nil, revision: 1 << 53, agentVersion: "1"))
                    }
                    #expect(refused?.kind.status == 400 && refused?.message.contains("revision") == true)
                    try await first
                    let item = LinkWorld.item(1)
                    try await listener.world.enqueue(item, on: host)
                    #expect(await lines.next { $0.deviceWork == [item] } != nil)
                    try await link.heartbeat(Heartbeat(nonce: nil, revision: 0, agentVersion: "1"))
                }
            }
        }
    }

    @Test func `with a control plane of an earlier release they go by themselves`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            try await serve(listener, { !Self.isLater($0) }) { base in
                try await withLink(listener, credentials, to: base) { link in
                    var lines = link.desiredStates(after: 0).makeAsyncIterator()
                    let line = try #require(await lines.next())
                    try await link.heartbeat(Heartbeat(nonce: line.nonce, revision: line.revision, agentVersion: "1"))
                    #expect(try await listener.world.host(host)?.state == .up)
                }
            }
        }
    }

    @Test func `a stream is not held to the pace of other bodies`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            let kept = KeptLog()
            try await serve(listener, arrival: .seconds(3), { !Self.isHeartbeat($0) }) { base in
                try await withLink(listener, credentials, to: base, logger: kept.logger) { link in
                    var lines = link.desiredStates(after: 0).makeAsyncIterator()
                    let line = try #require(await lines.next())
                    // A body that begins later and does not come tells when the time is up.
                    let http = AgentHTTP(client: try AgentHTTP.client(credentials, silence: .seconds(3600)), base: base)
                    defer { http.client.shutdown { _ in } }
                    let (body, sink) = AsyncStream.makeStream(of: ByteBuffer.self)
                    var late = HTTPClientRequest(url: "\(base)/agent/v1/hosts/\(host)/report")
                    late.method = .PUT
                    late.headers = ["content-type": "application/json"]
                    late.body = .stream(body, length: .known(Int64(2)))
                    #expect(try await http.client.execute(late, deadline: .distantFuture).status == .requestTimeout)
                    sink.finish()
                    try await link.heartbeat(Heartbeat(nonce: line.nonce, revision: line.revision, agentVersion: "1"))
                    #expect(kept.count("is lost") == 0, "\(kept.lines)")
                }
            }
        }
    }

    @Test func `a stream on which nothing comes is given up`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            try await withLink(listener, credentials, silence: .milliseconds(300)) { link in
                var lines = link.desiredStates(after: 0).makeAsyncIterator()
                // The clock stands, so that each line after the first is the first of another stream.
                for _ in 0..<2 { #expect(await lines.next() != nil) }
            }
        }
    }

    @Test func `who was revoked is refused on the open stream, too, and the stream ends`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            let kept = KeptLog()
            try await withLink(listener, credentials, logger: kept.logger) { link in
                var lines = link.desiredStates(after: 0).makeAsyncIterator()
                let line = try #require(await lines.next())
                _ = try await listener.world.write { transaction in
                    try CertificateBook.revokeAll(of: host, at: TimeSource.system.now(), in: transaction)
                }
                let refused = await #expect(throws: Fault.self) {
                    try await link.heartbeat(Heartbeat(nonce: line.nonce, revision: line.revision, agentVersion: "1"))
                }
                #expect(refused?.kind == .unauthorized)
                #expect(try await listener.world.host(host)?.state != .up)
                listener.world.hub.wake([host])
                for await _ in kept.arrivals where kept.count("the control plane refuses this host") > 0 { break }
            }
        }
    }

    @Test func `a line that is no heartbeat is refused, and the next is taken`() async throws {
        try await AgentListener.run { listener in
            let credentials = try await listener.enrol(host)
            let http = AgentHTTP(
                client: try AgentHTTP.client(credentials, silence: .seconds(3600)), base: listener.secure)
            defer { http.client.shutdown { _ in } }
            let (body, sink) = AsyncStream.makeStream(of: ByteBuffer.self)
            var request = HTTPClientRequest(url: "\(listener.secure)/agent/v1/hosts/\(host)/watch")
            request.method = .POST
            request.headers = ["content-type": "application/x-ndjson"]
            request.body = .stream(body, length: .unknown)
            let response = try await http.client.execute(request, deadline: .distantFuture)
            #expect(response.status == .ok)
            // In pieces that are no lines.
            sink.yield(ByteBuffer(string: #"{"revision":true,"agentVersion":"1"}"#))
            sink.yield(ByteBuffer(string: "\nno JSON\n{\"revision\":0,"))
            sink.yield(ByteBuffer(string: "\"agentVersion\":\"1\"}\n"))
            var splitter = LineSplitter()
            var notes: [StreamNote] = []
            for try await chunk in response.body {
                for line in try splitter.feed(chunk.readableBytesView) {
                    if let note = try? JSONDecoder().decode(StreamNote.self, from: Data(line)) { notes.append(note) }
                }
                // The end of the agent's side is the end of the stream.
                if notes.count == 3 { sink.finish() }
            }
            #expect(notes.map(\.note) == ["refused", "refused", "heard", "over"])
            #expect(notes.prefix(2).allSatisfy { $0.status == 400 && $0.detail != nil })
            #expect(listener.world.hub.watchers == 0)
        }
    }

    @Test func `when the hub has nothing more to say, the agent ends its side, or is left`() async throws {
        for isPolite in [true, false] {
            let conversation = Conversation(patience: isPolite ? .seconds(600) : .zero, time: .system)
            let (beats, sink) = AsyncStream.makeStream(of: Int.self)
            let (ends, left) = AsyncStream.makeStream(of: Void.self)
            conversation.read(beats) { _ in
                .heard
            } left: {
                left.yield()
            }
            sink.yield(1)
            #expect(try await conversation.next() == Array("{\"note\":\"heard\"}\n".utf8))
            conversation.sink.send(DesiredState(revision: 1, nonce: "a"))
            conversation.sink.send(DesiredState(revision: 2, nonce: "b"))
            let line = try #require(try await conversation.next())
            #expect(try JSONDecoder().decode(DesiredState.self, from: Data(line)).revision == 2)
            conversation.sink.finish()
            #expect(try await conversation.next() == Array("{\"note\":\"over\"}\n".utf8))
            if isPolite { sink.finish() }
            #expect(try await conversation.next() == nil)
            for await _ in ends { break }
        }
    }
}
