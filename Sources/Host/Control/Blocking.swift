import Dispatch

/// Runs work that blocks in the kernel, away from the threads that serve everything else.
public enum Blocking {
    private static let queue = DispatchQueue(label: "kilonova.host", attributes: .concurrent)

    /// Runs `body` on a thread that may block, and returns its result.
    public static func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await withCheckedContinuation { continuation in
            queue.async {
                do throws(Failure) {
                    continuation.resume(returning: .success(try body()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
