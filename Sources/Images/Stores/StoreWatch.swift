import Logging
import Model
import Synchronization

/// Knows of each store whether data can be read and written there, without asking it while somebody waits.
final class StoreWatch: Sendable {
    /// How long a look may take before the store counts as one that does not respond.
    static let patience = Duration.seconds(60)

    private struct Look {
        /// Of the look that goes on; nil where none does.
        var began: Timestamp?
        /// What the last one found; nil for nothing.
        var trouble: String?
    }

    private let shelf: StoreShelf
    private let time: TimeSource
    private let logger: Logger
    private let looks = Mutex<[StoreName: Look]>([:])

    init(_ shelf: StoreShelf, time: TimeSource, logger: Logger) {
        self.shelf = shelf
        self.time = time
        self.logger = logger
    }

    /// In the order of the settings, the staging area last.
    var conditions: [StoreCondition] {
        let now = time.now()
        let limit = now - Self.patience
        let looks = looks.withLock { $0 }
        return shelf.everything.map { entry in
            let look = looks[entry.name] ?? Look()
            let isSilent = look.began.map { $0 < limit } ?? false
            return StoreCondition(
                name: entry.name, trouble: isSilent ? "The store does not respond." : look.trouble)
        }
    }

    /// Tries a store. Does nothing where a look at it goes on, or there is no such store.
    func look(at name: StoreName) async {
        guard let entry = shelf.everything.first(where: { $0.name == name }) else { return }
        let now = time.now()
        let isFirst = looks.withLock { looks -> Bool in
            guard looks[name]?.began == nil else { return false }
            looks[name, default: Look()].began = now
            return true
        }
        guard isFirst else { return }
        var trouble: String?
        var context: String?
        do {
            try await entry.store.probe()
        } catch let fault as Fault where fault.kind == .tooLarge {
            (trouble, context) = ("The store is full.", fault.debugDescription)
        } catch let fault as Fault {
            (trouble, context) = (fault.message, fault.debugDescription)
        } catch {
            (trouble, context) = ("The store cannot be used at the moment.", "\(error)")
        }
        // The end of the process says nothing about the store.
        let isOver = Task.isCancelled
        let former = looks.withLock { looks in
            let former = looks[name]?.trouble
            looks[name] = Look(began: nil, trouble: isOver ? former : trouble)
            return former
        }
        if isOver { return }
        guard trouble != former else { return }
        if let context {
            logger.warning(
                "a store of images cannot be used", metadata: ["store": "\(name)", "fault": "\(context)"])
        } else {
            logger.info("a store of images can be used again", metadata: ["store": "\(name)"])
        }
    }
}
