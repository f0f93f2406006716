import FoundationEssentials
import Host

/// The virtual controllers of an NVMe drive, which get their queues and interrupts through virtualization management and say what
/// they have.
///
///     offline ─▶ queues, interrupts assigned ─▶ (virtual functions enabled) ─▶ online ─▶ read back
///
/// Their numbers run from 1, in the order of the functions.
struct VirtualControllers: Sendable {
    let drive: String
    let wish: PartitionWish
    let commands: any CommandRunner

    /// Assigns resources. A controller must be offline for that.
    func assign(_ number: Int) async throws(DriverFault) {
        try await manage(number, action: 7)
        try await manage(number, resource: 0, amount: wish.queues, action: 8)
        try await manage(number, resource: 1, amount: wish.interrupts, action: 8)
    }

    func bringOnline(_ number: Int) async throws(DriverFault) { try await manage(number, action: 9) }

    /// Throws if resources are not as wished, and names them.
    func verify() async throws(DriverFault) {
        let found = try await list()
        let wrong = (1...max(1, wish.virtualFunctions)).compactMap { number in trouble(found[number], number) }
        guard wrong.isEmpty else { throw DriverFault("/dev/\(drive): \(wrong.joined(separator: "; ")).") }
    }

    /// Assigns missing resources, except to controllers that a guest may use. Returns whether something was done.
    func complete(_ isHeld: (_ number: Int) -> Bool) async throws(DriverFault) -> Bool {
        let found = try await list()
        let lacking = (1...max(1, wish.virtualFunctions)).filter { trouble(found[$0], $0) != nil }
        let open = lacking.filter { !isHeld($0) }
        for number in open {
            try await assign(number)
            try await bringOnline(number)
        }
        if !lacking.isEmpty { try await verify() }
        return !open.isEmpty
    }

    private func trouble(_ entry: Entry?, _ number: Int) -> String? {
        guard let entry else { return "there is no virtual controller \(number)" }
        if entry.state & 1 == 0 { return "the virtual controller \(number) is offline" }
        if entry.queues < wish.queues || entry.interrupts < wish.interrupts {
            return
                "the virtual controller \(number) has \(entry.queues) queues and \(entry.interrupts) interrupts in place of "
                + "\(wish.queues) and \(wish.interrupts)"
        }
        return nil
    }

    // MARK: The tool

    /// By number of the virtual function.
    private func list() async throws(DriverFault) -> [Int: Entry] {
        let result = try await run(["list-secondary", "/dev/\(drive)", "--output-format=json"])
        guard let list = try? JSONDecoder().decode(List.self, from: Data(result.output)) else {
            throw DriverFault("/dev/\(drive) gave no list of virtual controllers that can be read.")
        }
        return Dictionary(list.controllers.map { ($0.function, $0) }) { first, _ in first }
    }

    /// Actions by the specification: 7 takes a controller offline, 8 assigns, 9 brings it online. Resources: 0 queues, 1
    /// interrupts.
    private func manage(
        _ number: Int, resource: Int = 0, amount: Int = 0, action: Int
    ) async throws(DriverFault) {
        _ = try await run([
            "virt-mgmt", "/dev/\(drive)", "--cntlid=\(number)", "--rt=\(resource)", "--nr=\(amount)", "--act=\(action)",
        ])
    }

    private func run(_ arguments: [String]) async throws(DriverFault) -> CommandResult {
        let command = Command("nvme", arguments)
        let result: CommandResult
        do { result = try await commands.run(command) } catch { throw DriverFault("\(error).") }
        guard result.status == 0 else { throw DriverFault("'\(command.text)' failed: \(result.complaint)") }
        return result
    }

    /// The output of nvme-cli.
    private struct List: Decodable {
        let controllers: [Entry]

        enum CodingKeys: String, CodingKey { case controllers = "secondary-controllers" }
    }

    private struct Entry: Decodable {
        let function: Int
        /// Bit 0: online.
        let state: Int
        let queues: Int
        let interrupts: Int

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            function = try LenientNumber.decode(container, .function)
            state = try LenientNumber.decode(container, .state)
            queues = try LenientNumber.decode(container, .queues)
            interrupts = try LenientNumber.decode(container, .interrupts)
        }

        enum CodingKeys: String, CodingKey {
            case function = "virtual-function-number"
            case state = "secondary-controller-state"
            case queues = "num-virtual-queues"
            case interrupts = "num-virtual-interrupts"
        }
    }
}
