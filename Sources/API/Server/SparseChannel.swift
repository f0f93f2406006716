import HummingbirdCore
import Logging
import NIOCore

/// A connection whose handlers have their buffers in `SparseMemory`.
struct SparseChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    let base: Base

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let base = base
        return channel.setOption(ChannelOptions.allocator, value: SparseMemory.allocator).flatMap {
            base.setup(channel: channel, logger: logger)
        }
    }

    func handle(value: Base.Value, logger: Logger) async { await base.handle(value: value, logger: logger) }
}
