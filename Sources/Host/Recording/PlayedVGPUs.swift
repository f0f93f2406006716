import Model
import Synchronization

/// Simulates the vendor's driver for the types that virtual functions take through `nvidia/current_vgpu_type`. A
/// function with a type lists none; the other functions of its card list what still fits.
final class PlayedVGPUs: Sendable {
    private struct Function {
        /// Its folder of types.
        let folder: String
        /// The list while its card is free: number, name, and the line in the file.
        var lines: [(number: Int, name: VGPUTypeName?, line: String)]
        var current: Int
    }

    private struct Card {
        var functions: [Function] = []
        /// Whether the recording has types of different sizes at a time.
        var isMixed = false
    }

    private let cards = Mutex<[String: Card]>([:])

    /// Completes the list of a function that had a type when it was recorded: without the type it lists what the other
    /// functions of its card do.
    func learn(_ tree: MemoryTree) {
        let bus = "/sys/bus/pci/devices"
        for name in PlayedKernel.names(tree, bus) {
            guard let path = PlayedKernel.home(tree, "\(bus)/\(name)"),
                let current = PlayedKernel.text(tree, "\(path)/nvidia/current_vgpu_type").flatMap({ Int($0) })
            else { continue }
            let listed = PlayedKernel.text(tree, "\(path)/nvidia/creatable_vgpu_types") ?? ""
            let card = PlayedKernel.last(tree, "\(path)/physfn") ?? name
            cards.withLock { cards in
                cards[card, default: Card()].functions.append(
                    Function(folder: "\(path)/nvidia", lines: Self.lines(listed), current: current))
            }
        }
        cards.withLock { cards in
            for name in cards.keys {
                guard var card = cards[name] else { continue }
                let used = Set(card.functions.map(\.current).filter { $0 != 0 })
                let lines = card.functions.map(\.lines).max { $0.count < $1.count } ?? []
                card.isMixed = !used.isEmpty && lines.contains { !used.contains($0.number) }
                for index in card.functions.indices where card.functions[index].current != 0 {
                    card.functions[index].lines = lines
                }
                cards[name] = card
            }
        }
    }

    func setType(_ tree: MemoryTree, _ folder: String, _ text: String) -> TreeFault.Reason? {
        guard let number = Int(text) else { return .invalid }
        return cards.withLock { cards in
            guard let name = cards.first(where: { $0.value.functions.contains { $0.folder == folder } })?.key,
                var card = cards[name], let index = card.functions.firstIndex(where: { $0.folder == folder })
            else { return .missing }
            if number != 0 {
                let listed = Self.lines(PlayedKernel.text(tree, "\(folder)/creatable_vgpu_types") ?? "")
                guard card.functions[index].current == 0, listed.contains(where: { $0.number == number }) else {
                    return .invalid
                }
            }
            card.functions[index].current = number
            cards[name] = card
            Self.show(card, in: tree)
            return nil
        }
    }

    /// Updates what each function lists.
    private static func show(_ card: Card, in tree: MemoryTree) {
        let all = card.functions.flatMap(\.lines)
        let names = all.compactMap(\.name)
        let used = card.functions.compactMap { function in
            all.first { $0.number == function.current }?.name
        }
        for function in card.functions {
            let fits =
                function.current != 0
                ? [] : function.lines.filter { $0.name?.fits(beside: used, among: names, mixed: card.isMixed) ?? true }
            tree.file(
                "\(function.folder)/creatable_vgpu_types",
                (["ID    : vGPU Name"] + fits.map(\.line)).joined(separator: "\n") + "\n")
        }
    }

    /// `558   : NVIDIA A100-4C`, below a heading.
    private static func lines(_ text: String) -> [(number: Int, name: VGPUTypeName?, line: String)] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let number = Int(parts[0].filter { $0 != " " }) else { return nil }
            return (number, VGPUTypeName(String(parts[1])), String(line))
        }
    }
}
