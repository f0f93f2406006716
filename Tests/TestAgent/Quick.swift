public import Agent
public import Logging

public let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

/// Pauses before a retry pass at once; intervals never do.
public let quick: Waiting = { span in
    guard span < .seconds(40) else { return try await Task.sleep(for: .seconds(86_400)) }
    await Task.yield()
    try Task.checkCancellation()
}
