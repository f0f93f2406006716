import Foundation
import Synchronization
import TestStore

/// A running `StoreCrashWriter`.
final class Writer: Sendable {
    private struct State {
        var lines: [Int] = []
        var rest: [UInt8] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
        var isOver = false
    }

    private let state = Mutex(State())
    private let child: Child

    /// The program lies beside the test runner.
    init(_ place: StorePlace, _ mode: String, _ word: String) throws {
        let runner = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let arguments = ProcessInfo.processInfo.arguments[0]
        let folders = [arguments, runner].map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        let program = folders.map { $0.appending(path: "StoreCrashWriter") }.first { candidate in
            FileManager.default.isExecutableFile(atPath: candidate.path)
        }
        guard let program else { throw CocoaError(.fileNoSuchFile) }
        let child = try Child(program.path, [place.engine.rawValue, place.address, mode, word])
        self.child = child
        Thread { [weak self] in
            while true {
                let bytes = child.read()
                self?.take(bytes)
                if bytes.isEmpty { return }
            }
        }.start()
    }

    private func take(_ bytes: [UInt8]) {
        let ready = state.withLock { state in
            if bytes.isEmpty { state.isOver = true }
            state.rest += bytes
            while let end = state.rest.firstIndex(of: UInt8(ascii: "\n")) {
                if let number = Int(String(decoding: state.rest[..<end], as: UTF8.self)) { state.lines.append(number) }
                state.rest.removeSubrange(...end)
            }
            let ready = state.waiting.filter { state.isOver || $0.count <= state.lines.count }
            state.waiting.removeAll { state.isOver || $0.count <= state.lines.count }
            return ready
        }
        for waiting in ready { waiting.continuation.resume() }
    }

    /// Waits until it has printed `count` numbers, or is over.
    func hasSaid(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.isOver || state.lines.count >= count { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// Kills it without warning; what it had said by then.
    func kill() async -> [Int] {
        Foundation.kill(child.number, SIGKILL)
        defer { _ = child.wait() }
        return await everything()
    }

    /// What it said, once it is over.
    func everything() async -> [Int] {
        await hasSaid(.max)
        return state.withLock { $0.lines }
    }

    /// The status it ended with.
    func status() -> Int32 {
        child.wait()
    }
}
