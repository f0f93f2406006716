import Clients
import Model
import TestPlacement
import TestWatched

/// Providers of FPGAs by number, as the tests of binding and withholding need them.
extension MemoryPlacement {
    /// The provider has so many FPGAs; it is made where it is missing.
    func set(_ provider: ResourceProviderID, total: Int, reserved: Int) {
        state.change { state in
            var entry = state.providers[provider] ?? Provider(name: "\(provider)")
            entry.inventories = [.fpga: Inventory(total: total, reserved: reserved)]
            entry.generation += 1
            state.providers[provider] = entry
        }
    }

    func reserved(_ provider: ResourceProviderID) -> Int? {
        state.value.providers[provider]?.inventories[.fpga]?.reserved
    }

    /// The instance has claimed so many FPGAs of each provider.
    func hold(_ instance: InstanceID, _ units: [ResourceProviderID: Int]) {
        state.change { state in
            for (provider, amount) in units {
                state.providers[provider, default: Provider(name: "\(provider)")]
                    .allocations[ConsumerID(instance.uuid)] = [.fpga: amount]
            }
        }
    }

    func releaseAll() {
        state.change { state in
            for id in state.providers.keys { state.providers[id]?.allocations = [:] }
        }
    }

    var deleted: [ResourceProviderID] { state.value.deleted }

    func cut(_ isDown: Bool) { state.change { $0.isDown = isDown } }

    /// Before each of the next writes somebody else writes.
    func interrupt(writes: Int) {
        let left = Watched(writes)
        spoil { call, _ in
            guard call == "set inventories" else { return nil }
            return left.change { left in
                left -= 1
                return left >= 0 ? .moved : nil
            }
        }
    }

    /// The n-th reading or writing of inventories breaks.
    func fail(at number: Int, _ stage: Stage) {
        let calls = Watched(0)
        spoil { call, _ in
            guard call == "inventories" || call == "set inventories" else { return nil }
            let count = calls.change { calls in
                calls += 1
                return calls
            }
            guard count == number else { return nil }
            stage.cut()
            return .refused(Self.unreachable)
        }
    }
}
