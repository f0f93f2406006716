import AsyncHTTPClient
import FoundationEssentials
import Link
import Model
import NIOCore
import NIOHTTP1

/// The stream of desired states: with heartbeats on the same connection where the control plane takes them, and without where it is
/// of an earlier release.
extension HTTPAgentLink {
    /// Returns when the control plane ends the stream.
    ///
    /// - Parameter opened: called with what takes heartbeats; nil if they go by themselves
    func watch(
        _ http: AgentHTTP, after applied: Int64, opened: (HeartbeatStream?) -> Void, take: (DesiredState) -> Void
    ) async throws {
        var request = HTTPClientRequest(url: http.base + path("watch?after=\(applied)"))
        guard try await takesHeartbeats(http) else {
            let response = try await accepted(request, http)
            opened(nil)
            return try await follow(response) { line in take(try JSONDecoder().decode(DesiredState.self, from: line)) }
        }
        let heartbeats = HeartbeatStream()
        request.method = .POST
        request.headers = ["content-type": "application/x-ndjson"]
        request.body = .stream(heartbeats.body, length: .unknown)
        // The client's own limit of silence begins after a request's end.
        let silence = SilenceWatch(time: time)
        let limit = self.silence
        let watch = Task {
            guard (try? await silence.wait(for: limit)) != nil else { return }
            heartbeats.end(HTTPClientError.readTimeout)
        }
        defer {
            watch.cancel()
            heartbeats.end()
        }
        let response = try await accepted(request, http)
        heartbeats.open()
        opened(heartbeats)
        try await follow(response) { line in
            silence.heard()
            if let note = try? JSONDecoder().decode(StreamNote.self, from: line) {
                Self.hear(note, heartbeats)
            } else {
                take(try JSONDecoder().decode(DesiredState.self, from: line))
            }
        }
    }

    /// Earlier releases answer the question with 404.
    private func takesHeartbeats(_ http: AgentHTTP) async throws -> Bool {
        let request = HTTPClientRequest(url: http.base + "/agent/v1/abilities")
        let response = try await http.client.execute(request, deadline: .distantFuture)
        let body = try await response.body.collect(upTo: 64 * 1024)
        guard response.status == .ok else { return false }
        let known = try? JSONDecoder().decode(LinkAbilities.self, from: Data(body.readableBytesView))
        return known?.abilities.contains(LinkAbilities.conversation) ?? false
    }

    /// The response; throws the fault of any other than 200.
    private func accepted(_ request: HTTPClientRequest, _ http: AgentHTTP) async throws -> HTTPClientResponse {
        let response = try await http.client.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            let body = try await response.body.collect(upTo: 64 * 1024)
            throw AgentHTTP.fault(response, Array(buffer: body))
        }
        return response
    }

    private func follow(_ response: HTTPClientResponse, _ take: (Data) throws -> Void) async throws {
        var splitter = LineSplitter()
        for try await chunk in response.body {
            for line in try splitter.feed(chunk.readableBytesView) { try take(Data(line)) }
        }
    }

    private static func hear(_ note: StreamNote, _ heartbeats: HeartbeatStream) {
        switch note.note {
        case StreamNote.heardName: heartbeats.answer(.taken)
        case StreamNote.refusedName:
            let status = note.status ?? 500
            heartbeats.answer(
                .refused(
                    Fault(
                        Fault.Kind(status: status, title: note.title ?? ""),
                        note.detail ?? "The control plane answered \(status).")))
        case StreamNote.overName: heartbeats.end()
        default: break
        }
    }
}
