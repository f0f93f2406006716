import Agent
import Model

/// The state that the agent's loops share: what the host has, what is withheld, and which callers wait.
actor Intent {
    /// What Placement should contain.
    struct Wish: Sendable, Equatable {
        var devices: [DeviceReport]
        var withheld: Set<ProviderPart>
        /// Whether every driver succeeded, so that what no driver reports does not exist.
        var isComplete: Bool
        /// The capacity that the devices share.
        var room: SharedRoom
        var revision: Int
        /// The number of the latest request for a look that this state includes.
        var seen: Int
    }

    private var devices: [DeviceReport]?
    private var withheld: Set<ProviderPart>?
    private var withdrawn: Set<ProviderPart>
    /// Why Placement does not contain what it should.
    private(set) var placementConditions: [HostCondition] = []
    private var isExaminationAsked = false
    private var hasLooked = false
    private var isComplete = false
    private var revision = 0
    private var room = SharedRoom.none
    /// Numbers of looks: requested, done, and applied to Placement.
    private(set) var asked = 0
    private var seen = 0
    private var placed = 0
    private var followers: [Int: (ask: Int, end: AsyncStream<Never>.Continuation)] = [:]
    private var stateRevision: Int64?
    private var isScanAsked = false
    private let wait: Waiting
    private let knownBell: Bell
    private let wishBell: Bell
    private let scanBell: Bell
    private let examinationBell: Bell

    /// - Parameter withdrawn: providers of devices that this agent does not offer because of their health
    init(withdrawn: Set<ResourceProviderID>, wait: @escaping Waiting) {
        self.wait = wait
        self.withdrawn = Set(withdrawn.map { ProviderPart($0) })
        knownBell = Bell(wait: wait)
        wishBell = Bell(wait: wait)
        scanBell = Bell(wait: wait)
        examinationBell = Bell(wait: wait)
    }

    /// Records that the accelerator service knows these devices, so that they may be offered.
    ///
    /// - Parameter asked: the value of `asked` when the host was read
    func have(_ devices: [DeviceReport], isComplete: Bool, room: SharedRoom = .none, asked: Int = 0) {
        let isAsked = asked > seen
        seen = max(seen, asked)
        guard isAsked || self.devices != devices || self.isComplete != isComplete || self.room != room else { return }
        self.room = room
        self.devices = devices
        self.isComplete = isComplete
        changed()
    }

    /// Records that only these devices are left. What is gone is withdrawn, whether or not the accelerator service
    /// could be notified.
    func lose(allBut present: [DeviceReport]) {
        guard let devices else { return }
        let left = Dictionary(
            present.flatMap(\.deployables).map { (Self.part($0), $0.accelerators) }, uniquingKeysWith: max)
        var kept: [DeviceReport] = []
        for var device in devices {
            let had = device.deployables.count
            device.deployables = device.deployables.compactMap { deployable in
                guard let count = left[Self.part(deployable)] else { return nil }
                var deployable = deployable
                deployable.accelerators = min(deployable.accelerators, count)
                return deployable
            }
            if had == 0 || !device.deployables.isEmpty { kept.append(device) }
        }
        guard kept != devices else { return }
        self.devices = kept
        changed()
    }

    /// If a provider is one unit, it is the same unit whatever its class.
    private static func part(_ deployable: DeployableReport) -> ProviderPart {
        ProviderPart(
            deployable.resourceProvider, deployable.providerName == nil ? nil : deployable.resourceClass)
    }

    /// Stops writing to Placement until `have` is called again.
    func rest() { devices = nil }

    /// What must be withheld, when the control plane has reported it. Throws 503 if it does not within a minute.
    func withheldOnceKnown() async throws(Fault) -> Set<ProviderPart> {
        for _ in 0..<2 where withheld == nil { await knownBell.wait(atMost: .seconds(30)) }
        guard let withheld else {
            throw .unavailable("The control plane has not said yet what is to be withheld.")
        }
        return withheld.union(withdrawn)
    }

    /// The present wish; nil if nothing may be written.
    var currentWish: Wish? {
        guard let devices, let withheld else { return nil }
        return Wish(
            devices: devices, withheld: withheld.union(withdrawn), isComplete: isComplete, room: room,
            revision: revision, seen: seen)
    }

    /// - Parameter state: the revision of the desired state. While something is withheld, a new revision is a reason to
    ///   check Placement again, because somebody may have written to what is withheld
    func withhold(_ parts: Set<ProviderPart>, by state: Int64? = nil) {
        let isNews = state.map { $0 != stateRevision } ?? false
        stateRevision = state ?? stateRevision
        guard withheld != parts || (isNews && !parts.isEmpty) else { return }
        withheld = parts
        knownBell.ring()
        changed()
    }

    /// Providers withheld because of their health, in addition to what the control plane withholds.
    func withdraw(_ providers: Set<ResourceProviderID>) {
        let parts = Set(providers.map { ProviderPart($0) })
        guard withdrawn != parts else { return }
        withdrawn = parts
        changed()
    }

    /// Makes the next report say why Placement does not contain what it should; at once, if that has changed.
    func tell(ofPlacement conditions: [HostCondition]) {
        guard placementConditions != conditions else { return }
        placementConditions = conditions
        askForScan()
    }

    private func changed() {
        revision += 1
        wishBell.ring()
    }

    /// The wish, when it is newer than `seen`. Nil if the task is cancelled.
    ///
    /// Waits until both the devices and what is withheld are known. Otherwise an agent that starts would offer for a
    /// moment what an operator disabled.
    func wish(after seen: Int) async -> Wish? {
        while !Task.isCancelled {
            if let wish = currentWish, revision > seen { return wish }
            await wishBell.wait(atMost: .seconds(3600))
        }
        return nil
    }

    func waitForWish(after seen: Int, atMost span: Duration) async {
        guard revision <= seen else { return }
        await wishBell.wait(atMost: span)
    }

    func askForScan() {
        isScanAsked = true
        scanBell.ring()
    }

    /// Records that Placement corresponds to the look with that number.
    func place(_ seen: Int) {
        placed = max(placed, seen)
        for (key, follower) in followers where follower.ask <= placed {
            follower.end.finish()
            followers[key] = nil
        }
    }

    /// Requests a look at the host, and returns when Placement corresponds to it, or after `span`.
    func follow(atMost span: Duration) async {
        asked += 1
        let ask = asked
        askForScan()
        let (ends, end) = AsyncStream<Never>.makeStream()
        followers[ask] = (ask, end)
        let timer = Task { [wait] in
            try? await wait(span)
            end.finish()
        }
        for await _ in ends {}
        timer.cancel()
        followers[ask] = nil
    }

    /// Records a look at the host. After the first one, the devices can be examined.
    func looked() {
        guard !hasLooked else { return }
        hasLooked = true
        askForExamination()
    }

    func askForExamination() {
        isExaminationAsked = true
        examinationBell.ring()
    }

    func waitForExamination(atMost span: Duration) async {
        if !isExaminationAsked { await examinationBell.wait(atMost: span) }
        isExaminationAsked = false
    }

    func waitForScan(atMost span: Duration) async {
        if !isScanAsked { await scanBell.wait(atMost: span) }
        isScanAsked = false
    }
}
