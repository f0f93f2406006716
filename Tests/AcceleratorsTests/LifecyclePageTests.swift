import Testing

@testable import Accelerators

/// The pages of `docs/lifecycles` are drawn from the state machines themselves.
@Suite struct LifecyclePageTests {
    /// `from --> to: events` for each pair of states, in the order given.
    static func drawing(_ transitions: [(from: String, to: String, event: String)]) -> String {
        var order: [String] = []
        var events: [String: [String]] = [:]
        for (from, to, event) in transitions {
            let arrow = "    \(from) --> \(to): "
            if events[arrow] == nil { order.append(arrow) }
            if !(events[arrow]?.contains(event) ?? false) { events[arrow, default: []].append(event) }
        }
        let lines = order.map { $0 + (events[$0] ?? []).joined(separator: ", ") }
        return (["```mermaid", "stateDiagram-v2"] + lines + ["```"]).joined(separator: "\n")
    }

    @Test func `accelerator requests`() throws {
        let events: [(RequestLifecycle.Event, String)] = [
            (.bind(needsPreparation: false), "bind"), (.bind(needsPreparation: true), "bind (host must prepare)"),
            (.prepared, "prepared"), (.failed, "failed or late"), (.unbind, "unbind"),
        ]
        var transitions = [("[*]", RequestLifecycle.State.initial.rawValue, "create")]
        for state in RequestLifecycle.State.allCases {
            for (event, name) in events {
                var life = RequestLifecycle(state: state)
                guard life.apply(event) != nil else { continue }
                transitions.append((state.rawValue, life.state.rawValue, name))
            }
        }
        for state in RequestLifecycle.State.allCases { transitions.append((state.rawValue, "[*]", "delete")) }
        try GeneratedPart(page: "lifecycles/arq.md", name: "drawing").check(Self.drawing(transitions))
    }

    @Test func `attach handles`() throws {
        let events: [(HandleLifecycle.Event, String)] = [
            (.reserve, "bind"), (.release, "unbind or delete"), (.finished, "the host is done"),
            (.failed("why"), "the host failed or is late"), (.retry, "operator - retry"), (.free, "operator - release"),
            (.setAside("why"), "an image did not load"),
        ]
        var transitions = [("[*]", "available", "reported")]
        for state in HandleLifecycle.State.allCases {
            for (event, name) in events {
                for flags in [(false, false), (true, false), (false, true), (true, true)] {
                    var life = HandleLifecycle(state: state, needsPreparation: flags.0, needsCleaning: flags.1)
                    guard life.apply(event) != nil else { continue }
                    transitions.append((state.rawValue, life.state.rawValue, name))
                }
            }
        }
        transitions.append(("available", "[*]", "no longer reported"))
        try GeneratedPart(page: "lifecycles/attach-handle.md", name: "drawing").check(Self.drawing(transitions))
    }

    @Test func `devices`() throws {
        let events: [(DeviceLifecycle.Event, String)] = [
            (.reported, "reported"), (.vanished(isHeld: true), "vanished while held"),
            (.vanished(isHeld: false), "vanished"), (.letGo, "last holder let go"),
        ]
        var transitions = [("[*]", "present", "reported")]
        for presence in DeviceLifecycle.Presence.allCases {
            for (event, name) in events {
                var life = DeviceLifecycle(presence: presence)
                let actions = life.apply(event)
                let target = actions == [.remove] ? "[*]" : life.presence.rawValue
                guard target != presence.rawValue else { continue }
                transitions.append((presence.rawValue, target, name))
            }
        }
        try GeneratedPart(page: "lifecycles/device.md", name: "drawing").check(Self.drawing(transitions))
    }
}
