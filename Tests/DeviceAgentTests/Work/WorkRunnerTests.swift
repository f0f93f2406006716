import Drivers
import FoundationEssentials
import Link
import Model
import TestAgent
import TestWatched
import Testing

@testable import Agent
@testable import DeviceAgent

@Suite(.timeLimit(.minutes(30))) struct WorkRunnerTests {
    private static let noon: Int64 = 1_800_000_000_000_000

    /// One process with a driver, a disk and a control plane.
    private struct World {
        let link: ScriptedLink
        let disk: MemoryDisk
        let driver: ScriptedDriver
        let runner: WorkRunner
        let now: Watched<Int64>

        init(
            disk: MemoryDisk = MemoryDisk(), life: Life = Life(), link: ScriptedLink? = nil,
            driver: ScriptedDriver = ScriptedDriver()
        ) throws {
            let now = Watched(WorkRunnerTests.noon)
            self.disk = disk
            self.driver = driver
            self.now = now
            self.link = link ?? ScriptedLink(life: life)
            let mortal = MortalDisk(disk: disk, life: life)
            let state = try StateKeeper(disk: mortal, logger: quiet)
            runner = WorkRunner(
                parties: [HandleWorker(drivers: [driver], keeper: state, wait: quick, logger: quiet)], link: self.link,
                keeper: try JournalKeeper(disk: mortal, logger: quiet), lines: WorkLines(),
                time: TimeSource { Timestamp(microseconds: now.value) }, wait: quick,
                gauges: AgentGauges(host: "h1"), logger: quiet)
        }
    }

    private func item(
        _ kind: DeviceWork.Kind = .prepare, handle: AttachHandleID = AttachHandleID(UUID()),
        driver: String = "scripted",
        seconds: Int64 = 7200
    ) -> DeviceWork {
        DeviceWork(
            id: WorkItemID(UUID()), kind: kind, handle: handle, attachment: Attachment(.mdev, ["a": "b"]),
            controlPath: "{}", driver: driver, request: nil, deadline: Self.noon + seconds * 1_000_000)
    }

    @Test func doesAnItemOnceHoweverOftenItIsWanted() async throws {
        let world = try World()
        let wanted = item()
        await world.runner.order([wanted])
        await world.runner.order([wanted])
        await world.link.heard.until { !$0.finished.isEmpty }
        // The control plane has not heard its own answer yet and wants it still.
        await world.runner.order([wanted])
        await world.runner.order([])
        await world.runner.stop()
        #expect(world.driver.state.value.orders == [.init(kind: .prepare, handle: wanted.handle)])
        #expect(world.link.heard.value.finished.allSatisfy { $0 == .init(item: wanted.id, outcome: .done) })
    }

    /// A control plane of a later release wants more than this one knows.
    @Test func workOfLaterReleasesIsRefusedByNameAndHoldsUpNothing() async throws {
        let world = try World()
        let (wanted, later, other) = (item(), WorkItemID(UUID()), WorkItemID(UUID()))
        let known = String(decoding: try JSONEncoder().encode(wanted.item), as: UTF8.self)
        let line = """
            {"revision": 1, "nonce": "n", "disabled": [], "work": [{"id": "\(later)", "kind": "calibrate"},
            {"id": "\(other)", "party": "servers", "kind": "boot", "subject": "s", "body": {}}, \(known)]}
            """
        let state = try JSONDecoder().decode(DesiredState.self, from: Data(line.utf8))
        await world.runner.want(state.work)
        let heard = await world.link.heard.until { $0.finished.count == 3 }
        #expect(heard.finished.contains(.init(item: wanted.id, outcome: .done)))
        for (id, what) in [(later, "work of the kind 'calibrate'"), (other, "work for 'servers'")] {
            let text = "The host's agent does not know \(what); it is of an earlier release. Upgrade it."
            #expect(heard.finished.contains(.init(item: id, outcome: .failed(text))))
        }
        await world.runner.want([])
        await world.runner.stop()
    }

    @Test func ordersForOneHandleKeepTheirOrder() async throws {
        let gate = Watched(false)
        let driver = ScriptedDriver { (_, call) async throws(DriverFault) in
            if call == 1 { await gate.until(stubborn: true) { $0 } }
        }
        let world = try World(driver: driver)
        let handle = AttachHandleID(UUID())
        let (prepare, withdraw, other) = (item(handle: handle), item(.withdraw, handle: handle), item(.clean))
        await world.runner.order([prepare, withdraw, other])
        // Another handle does not wait.
        await world.link.heard.until { $0.finished.contains { $0.item == other.id } }
        #expect(driver.state.value.orders.count == 2)
        gate.change { $0 = true }
        await world.link.heard.until { $0.finished.count == 3 }
        #expect(driver.state.value.orders.filter { $0.handle == handle }.map(\.kind) == [.prepare, .withdraw])
    }

    @Test func whatPassesByItselfIsTriedAgain() async throws {
        let driver = ScriptedDriver { (_, call) async throws(DriverFault) in
            if call < 4 { throw DriverFault("busy", isTransient: true) }
        }
        let world = try World(driver: driver)
        await world.runner.order([item()])
        await world.link.heard.until { $0.finished.map(\.outcome) == [.done] }
        #expect(driver.state.value.orders.count == 4)
    }

    @Test func failuresAreTold() async throws {
        let driver = ScriptedDriver { (_, _) async throws(DriverFault) in throw DriverFault("The card is on fire.") }
        let world = try World(driver: driver)
        let (broken, unknown, late) = (item(), item(driver: "none"), item(seconds: -1))
        await world.runner.order([broken, unknown, late])
        let heard = await world.link.heard.until { $0.finished.count == 3 }
        let outcomes = Dictionary(uniqueKeysWithValues: heard.finished.map { ($0.item, $0.outcome) })
        #expect(outcomes[broken.id] == .failed("The card is on fire."))
        #expect(outcomes[unknown.id] == .failed("No driver 'none' runs on this host."))
        #expect(outcomes[late.id] == .failed("The deadline had passed before it began."))
        #expect(driver.state.value.orders.count == 1)
    }

    /// A driver that hangs costs its own item, whose deadline it misses; what follows for the same handle waits for it, and
    /// nothing else does.
    @Test func aDriverThatHangsIsNotWaitedFor() async throws {
        let gate = Watched(false)
        let driver = ScriptedDriver { (_, call) async throws(DriverFault) in
            if call == 1 { await gate.until(stubborn: true) { $0 } }
        }
        let world = try World(driver: driver)
        let hanging = item(seconds: 20)
        await world.runner.order([hanging])
        await driver.state.until { !$0.orders.isEmpty }
        world.now.change { $0 += 8000 * 1_000_000 }
        await world.link.heard.until { !$0.finished.isEmpty }
        #expect(
            world.link.heard.value.finished == [
                .init(item: hanging.id, outcome: .failed("It did not end before its deadline."))
            ])
        let (undo, other) = (
            item(.withdraw, handle: hanging.handle, seconds: 20_000), item(.clean, seconds: 20_000)
        )
        await world.runner.order([undo, other])
        await world.link.heard.until { $0.finished.count == 2 }
        #expect(driver.state.value.orders.map(\.kind) == [.prepare, .clean])
        gate.change { $0 = true }
        await world.link.heard.until { $0.finished.count == 3 }
        #expect(driver.state.value.orders.map(\.kind) == [.prepare, .clean, .withdraw])
    }

    @Test func workThatIsNoLongerWantedIsBrokenOffAndNotTold() async throws {
        let driver = ScriptedDriver { (_, _) async throws(DriverFault) in
            do { try await Task.sleep(for: .seconds(3600)) } catch { throw DriverFault("broken off") }
        }
        let world = try World(driver: driver)
        await world.runner.order([item()])
        await driver.state.until { !$0.orders.isEmpty }
        await world.runner.order([])
        await world.runner.stop()
        #expect(world.link.heard.value.finished.isEmpty)
        #expect(await world.runner.count == 0)
    }

    @Test func anOutcomeIsToldUntilItIsTaken() async throws {
        let world = try World()
        world.link.refuse(.unavailable("No."))
        let wanted = item()
        await world.runner.order([wanted])
        while await world.runner.count > 0 { await Task.yield() }
        #expect(world.link.heard.value.finished.isEmpty)
        world.link.refuse(nil)
        await world.runner.order([wanted])
        await world.link.heard.until { $0.finished == [.init(item: wanted.id, outcome: .done)] }
        #expect(world.driver.state.value.orders.count == 1)
    }

    @Test func anItemThatKillsTheAgentIsGivenUp() async throws {
        let disk = MemoryDisk()
        let wanted = item()
        for _ in 0..<WorkRunner.mostAttempts {
            disk.append(
                WorkJournal.line(.begun(1 + attempts(on: disk, of: wanted)), for: wanted.id), to: "work.journal")
        }
        let world = try World(disk: disk)
        await world.runner.order([wanted])
        let heard = await world.link.heard.until { !$0.finished.isEmpty }
        #expect(heard.finished[0].outcome != .done)
        #expect(world.driver.state.value.orders.isEmpty)
    }

    private func attempts(on disk: MemoryDisk, of item: DeviceWork) -> Int {
        WorkJournal(reading: disk.read("work.journal") ?? []).records[item.id]?.attempts ?? 0
    }

    /// The agent dies at every operation, before and after it took effect: between the note and the doing, between the doing
    /// and its record, between the record and its telling. What is wanted is done in the end, told, and never done again
    /// once its record is on disk.
    @Test func everyCrashEndsWithTheWorkDoneAndTold() async throws {
        let items = [item(), item(.clean), item(.withdraw)]
        var operation = 0
        var isThrough = false
        while !isThrough {
            for takesEffect in [false, true] {
                let life = Life(endsAt: operation, takesEffect: takesEffect)
                let (disk, driver) = (MemoryDisk(), ScriptedDriver())
                let first = try World(disk: disk, life: life, driver: driver)
                await first.runner.order(items)
                while await first.runner.count > 0 { await Task.yield() }
                isThrough = !life.isDead
                let recorded = WorkJournal(reading: disk.read("work.journal") ?? []).records.filter {
                    $0.value.end != nil
                }
                let handles = Set(items.filter { recorded[$0.id] != nil }.map(\.handle))
                let done = driver.state.value.orders.count { handles.contains($0.handle) }

                let second = try World(disk: disk, driver: driver)
                await second.runner.order(items)
                await second.link.heard.until { $0.finished.count == items.count }
                #expect(Set(second.link.heard.value.finished.map(\.item)) == Set(items.map(\.id)))
                #expect(second.link.heard.value.finished.allSatisfy { $0.outcome.isDone })
                #expect(driver.state.value.orders.count { handles.contains($0.handle) } == done)
                #expect(Set(driver.state.value.orders.map(\.handle)) == Set(items.map(\.handle)))
            }
            operation += 1
        }
        #expect(operation > 8)
    }

    /// The journal is cut anywhere, as by a loss of power.
    @Test func everyPrefixOfTheJournalEndsWithTheWorkDoneAndTold() async throws {
        let items = [item(), item(.clean)]
        let whole = try World()
        await whole.runner.order(items)
        await whole.link.heard.until { $0.finished.count == 2 }
        let bytes = whole.disk.read("work.journal") ?? []
        #expect(bytes.count > 200)
        for length in 0...bytes.count {
            let world = try World(disk: MemoryDisk(["work.journal": Array(bytes.prefix(length))]))
            await world.runner.order(items)
            await world.link.heard.until { $0.finished.count == 2 }
            #expect(world.link.heard.value.finished.allSatisfy { $0.outcome.isDone }, "\(length) bytes")
        }
    }
}

extension WorkRunner {
    fileprivate func order(_ work: [DeviceWork]) async { await want(work.map(\.item)) }
}

extension WorkOutcome {
    /// Of a cleaning it also says what was done.
    fileprivate var isDone: Bool { failure == nil }
}
