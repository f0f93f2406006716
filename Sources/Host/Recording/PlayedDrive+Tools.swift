import Synchronization

/// The output of `nvme` for a simulated drive. Binary output has the layouts of the NVM Express base specification 2.0.
extension PlayedDrive {
    private static let unsupported = refusal(
        "Invalid Command Opcode: A reserved coded value or an unsupported value in the command opcode field", "0x4001")

    private static func refusal(_ text: String, _ code: String) -> CommandResult {
        CommandResult(status: 1, "", errors: "NVMe status: \(text)(\(code))")
    }

    /// - Parameters:
    ///   - controller: the number of the addressed controller
    ///   - shown: the namespace of the addressed block device; nil if the controller is addressed
    func answer(_ arguments: [String], controller: Int, shown: UInt32?) -> CommandResult {
        func option(_ name: String) -> Int? {
            arguments.first { $0.hasPrefix("--\(name)=") }.flatMap { Int($0.dropFirst(name.count + 3)) }
        }
        let number = option("namespace-id").map { UInt32(clamping: $0) } ?? shown ?? 0
        switch arguments.first {
        case "id-ctrl": return CommandResult(output: identity(of: controller))
        case "admin-passthru" where option("opcode") == 6:
            return identify(option("cdw10") ?? 0, number, controller)
        case "smart-log": return CommandResult(output: health)
        case "sanitize-log": return sanitizeLog()
        case "sanitize": return sanitize(option("sanact") ?? 0)
        case "format": return format(number, option("ses") ?? 0, option("lbaf") ?? 0)
        case "ns-rescan": return CommandResult()
        case "attach-ns":
            let list = arguments.first { $0.hasPrefix("--controllers=") }?.dropFirst("--controllers=".count) ?? ""
            return attach(number, list.split(separator: ",").compactMap { Int($0) })
        case "delete-ns":
            return manage { state in
                guard state.index(of: number) != nil else { return false }
                state.delete(number)
                return true
            }
        case "create-ns": return create(blocks: option("nsze") ?? 0)
        default: return CommandResult(status: 1, "", errors: "ERROR: Invalid sub-command")
        }
    }

    func zero(_ number: UInt32) -> CommandResult {
        state.withLock { $0.erase(number) }
        return CommandResult()
    }

    // MARK: Identify

    private func identify(_ structure: Int, _ number: UInt32, _ controller: Int) -> CommandResult {
        let (namespaces, abilities) = state.withLock { ($0.namespaces, $0.abilities) }
        switch structure {
        case 0x00: return CommandResult(output: page(of: namespaces.first { $0.number == number }, number))
        case 0x02:
            return Self.list(namespaces.filter { $0.controllers.contains(controller) && $0.number > number })
        case 0x10 where abilities.managesNamespaces: return Self.list(namespaces.filter { $0.number > number })
        case 0x12 where abilities.managesNamespaces:
            let having = namespaces.first { $0.number == number }?.controllers.sorted() ?? []
            var page = [UInt8](repeating: 0, count: 4096)
            Self.put(UInt64(having.count), 2, at: 0, of: &page)
            for (index, controller) in having.enumerated() {
                Self.put(UInt64(controller), 2, at: 2 + 2 * index, of: &page)
            }
            return CommandResult(output: page)
        default:
            return Self.refusal(
                "Invalid Field in Command: A reserved coded value or an unsupported value in a defined field", "0x4002")
        }
    }

    private func page(of namespace: PlayedNamespace?, _ number: UInt32) -> [UInt8] {
        var page = [UInt8](repeating: 0, count: 4096)
        guard namespace != nil || number == 0xffff_ffff else { return page }
        Self.put((namespace?.size ?? 0) / 512, 8, at: 0, of: &page)
        // Two formats: 512 bytes, and 512 bytes with 8 of metadata.
        page[25] = 1
        page[26] = UInt8(namespace?.format ?? 0)
        page[30] = isShared ? 1 : 0
        page[130] = 9
        (page[132], page[134]) = (8, 9)
        return page
    }

    private static func list(_ namespaces: [PlayedNamespace]) -> CommandResult {
        var page = [UInt8](repeating: 0, count: 4096)
        for (index, namespace) in namespaces.prefix(1024).enumerated() {
            put(UInt64(namespace.number), 4, at: 4 * index, of: &page)
        }
        return CommandResult(output: page)
    }

    private static func put(_ value: UInt64, _ count: Int, at place: Int, of page: inout [UInt8]) {
        for index in 0..<count { page[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }

    private func identity(of controller: Int) -> [UInt8] {
        let (abilities, unallocated) = state.withLock { ($0.abilities, $0.unallocated) }
        var page = [UInt8](repeating: 0, count: 4096)
        page.replaceSubrange(4..<24, with: Array((serial + String(repeating: " ", count: 20)).utf8.prefix(20)))
        page[76] = isShared ? 2 : 0
        Self.put(UInt64(controller), 2, at: 78, of: &page)
        page[256] = (abilities.formats ? 2 : 0) | (abilities.managesNamespaces ? 8 : 0)
        Self.put(unallocated, 8, at: 296, of: &page)
        page[328] = UInt8(abilities.sanitize & 0xff)
        page[524] = abilities.formatErasesKey ? 4 : 0
        return page
    }

    private var health: [UInt8] {
        var page = [UInt8](repeating: 0, count: 512)
        (page[0], page[5]) = state.withLock { ($0.warning, $0.used) }
        (page[1], page[2]) = (0x2d, 0x01)
        (page[3], page[4]) = (100, 10)
        return page
    }

    // MARK: Namespaces

    private func manage(_ change: (inout State) -> Bool) -> CommandResult {
        guard state.withLock({ $0.abilities.managesNamespaces }) else { return Self.unsupported }
        return state.withLock { change(&$0) }
            ? CommandResult()
            : Self.refusal(
                "Invalid Namespace or Format: The namespace or the format of that namespace is invalid", "0x400b")
    }

    private func attach(_ number: UInt32, _ controllers: [Int]) -> CommandResult {
        manage { state in
            guard let index = state.index(of: number), isShared || controllers.count == 1 else { return false }
            state.namespaces[index].controllers.formUnion(controllers)
            return true
        }
    }

    private func create(blocks: Int) -> CommandResult {
        let size = UInt64(max(0, blocks)) * 512
        return manage { state in
            guard size > 0, size <= state.unallocated else { return false }
            let taken = Set(state.namespaces.map(\.number))
            let number = (1...UInt32(taken.count + 1)).first { !taken.contains($0) } ?? 1
            state.unallocated -= size
            state.namespaces.append(PlayedNamespace(number: number, size: size, controllers: []))
            state.namespaces.sort { $0.number < $1.number }
            return true
        }
    }

    // MARK: Erasing

    private func format(_ number: UInt32, _ kind: Int, _ format: Int) -> CommandResult {
        let (abilities, fails, isThere) = state.withLock { state in
            let fails = if case .failing = state.conduct { true } else { false }
            return (state.abilities, fails, state.index(of: number) != nil)
        }
        guard abilities.formats, kind < 2 || abilities.formatErasesKey else { return Self.unsupported }
        guard !fails, isThere else { return Self.refusal("Format in Progress or failed", "0x4184") }
        state.withLock { state in
            state.erase(number)
            if let index = state.index(of: number) { state.namespaces[index].format = format }
        }
        return CommandResult("Success formatting namespace:\(number)\n")
    }

    private func sanitize(_ action: Int) -> CommandResult {
        let bits: [Int: UInt32] = [2: 2, 3: 4, 4: 1]
        let isTaken = state.withLock { state -> Bool in
            if action == 1 {
                state.sanitizeState = 0
                return state.abilities.sanitize != 0
            }
            guard let bit = bits[action], state.abilities.sanitize & bit != 0 else { return false }
            state.sanitizeState = 2
            state.looksLeft = state.abilities.sanitizeLooks
            return true
        }
        return isTaken ? CommandResult() : Self.unsupported
    }

    private func sanitizeLog() -> CommandResult {
        let (abilities, now) = state.withLock { state in
            if state.sanitizeState == 2 {
                state.looksLeft -= 1
                if state.looksLeft <= 0 {
                    state.erase(nil)
                    if case .failing = state.conduct { state.sanitizeState = 3 } else { state.sanitizeState = 1 }
                }
            }
            return (state.abilities, state.sanitizeState)
        }
        guard abilities.sanitize != 0 else { return Self.unsupported }
        var page = [UInt8](repeating: 0, count: 512)
        page[0] = now == 2 ? 0x40 : 0xff
        page[1] = page[0]
        page[2] = now
        return CommandResult(output: page)
    }
}
