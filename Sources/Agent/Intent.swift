import Model

/// What the agent's loops tell one another: what the host has, what is to be withheld, and that somebody waits.
actor Intent {
    /// What Placement should hold.
    struct Wish: Sendable, Equatable {
        var devices: [DeviceReport]
        var withheld: Set<ProviderPart>
        /// Every driver answered, so that what no driver names is not there.
        var isComplete: Bool
        /// What the devices share.
        var room: SharedRoom
        var revision: Int
        /// Everything that was asked for up to this number was looked at.
        var seen: Int
    }

    private var devices: [DeviceReport]?
    private var withheld: Set<ProviderPart>?
    private var withdrawn: Set<ProviderPart>
    /// Why Placement does not hold what it should.
    private(set) var placementConditions: [HostCondition] = []
    private var isExaminationAsked = false
    private var hasLooked = false
    private var isComplete = false
    private var revision = 0
    private var room = SharedRoom.none
    /// Looks that somebody waits for, those that came of it, and those that Placement follows.
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

    /// - Parameter withdrawn: providers of devices that this agent does not offer for their health
    init(withdrawn: Set<ResourceProviderID>, wait: @escaping Waiting) {
        self.wait = wait
        self.withdrawn = Set(withdrawn.map { ProviderPart($0) })
        knownBell = Bell(wait: wait)
        wishBell = Bell(wait: wait)
        scanBell = Bell(wait: wait)
        examinationBell = Bell(wait: wait)
    }

    /// The accelerator service knows of these devices, so that they may be offered.
    ///
    /// - Parameter asked: what `asked` was when the host was looked at
    func have(_ devices: [DeviceReport], isComplete: Bool, room: SharedRoom = .none, asked: Int = 0) {
        let isAsked = asked > seen
        seen = max(seen, asked)
        guard isAsked || self.devices != devices || self.isComplete != isComplete || self.room != room else { return }
        self.room = room
        self.devices = devices
        self.isComplete = isComplete
        changed()
    }

    /// Only these are left of what the host had: what is gone is withdrawn, whether or not the accelerator service could be told.
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

    /// A provider that is one unit is that unit whatever its class.
    private static func part(_ deployable: DeployableReport) -> ProviderPart {
        ProviderPart(
            deployable.resourceProvider, deployable.providerName == nil ? nil : deployable.resourceClass)
    }

    /// Nothing is to be written to Placement until `have` says again what the host has.
    func rest() { devices = nil }

    /// What is to be withheld, as soon as the control plane has said so. Throws 503 when it does not within a minute.
    func withheldOnceKnown() async throws(Fault) -> Set<ProviderPart> {
        for _ in 0..<2 where withheld == nil { await knownBell.wait(atMost: .seconds(30)) }
        guard let withheld else {
            throw .unavailable("The control plane has not said yet what is to be withheld.")
        }
        return withheld.union(withdrawn)
    }

    /// The wish of this moment; nil where nothing is to be written.
    var currentWish: Wish? {
        guard let devices, let withheld else { return nil }
        return Wish(
            devices: devices, withheld: withheld.union(withdrawn), isComplete: isComplete, room: room,
            revision: revision, seen: seen)
    }

    /// - Parameter state: the revision of the desired state that says so. While something is withheld, a new one is a reason to look at
    ///   Placement again: somebody may have written to what is withheld.
    func withhold(_ parts: Set<ProviderPart>, by state: Int64? = nil) {
        let isNews = state.map { $0 != stateRevision } ?? false
        stateRevision = state ?? stateRevision
        guard withheld != parts || (isNews && !parts.isEmpty) else { return }
        withheld = parts
        knownBell.ring()
        changed()
    }

    /// Withheld for their health, beside what the control plane wants withheld.
    func withdraw(_ providers: Set<ResourceProviderID>) {
        let parts = Set(providers.map { ProviderPart($0) })
        guard withdrawn != parts else { return }
        withdrawn = parts
        changed()
    }

    /// Has the next report say why Placement does not hold what it should; where that is something new, at once.
    func tell(ofPlacement conditions: [HostCondition]) {
        guard placementConditions != conditions else { return }
        placementConditions = conditions
        askForScan()
    }

    private func changed() {
        revision += 1
        wishBell.ring()
    }

    /// What Placement should hold, as soon as it is newer than `seen`. Nil when the task is cancelled.
    ///
    /// Waits until both is known, what the host has and what is withheld: otherwise an agent that starts would offer for a
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

    /// Placement was made what the host was seen to be after that many looks were asked for.
    func place(_ seen: Int) {
        placed = max(placed, seen)
        for (key, follower) in followers where follower.ask <= placed {
            follower.end.finish()
            followers[key] = nil
        }
    }

    /// Has the host looked at, and returns when Placement holds what was seen, or after `span`.
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

    /// The host was looked at; the first time, its devices can be asked how they are.
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
