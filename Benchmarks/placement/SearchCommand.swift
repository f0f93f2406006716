import FoundationEssentials
import Model
import Search

/// Times the search alone: what a request costs before anything is written.
struct SearchCommand {
    let trees: Int
    let rounds: Int

    init(_ options: CommandOptions) {
        trees = options.number("trees", 10_000)
        rounds = options.number("rounds", 101)
    }

    func run() {
        let world = BenchmarkWorld(trees: trees)
        let clock = ContinuousClock()
        let begin = clock.now
        let index = world.index()
        print("index of \(index.treeCount) trees, \(index.providerCount) providers: \(begin.duration(to: clock.now))")
        for (name, request) in BenchmarkWorld.requests {
            for limit in [10, 1000, nil] as [Int?] {
                var request = request
                request.limit = limit
                measure(name, request, index)
            }
        }
        for count in [8, 16] {
            let single = BenchmarkWorld.devices(count).index()
            for folding in [Folding.equalGroups, .equalDevices] {
                measure(
                    "\(count) groups over \(count) devices, \(folding)", BenchmarkWorld.claim(count, folding), single)
            }
        }
        measureFamilies()
    }

    /// Isolated groups that want one trait each of devices with nested sets of them: one assignment is possible, or none.
    private func measureFamilies() {
        for count in [15, 20, 40] {
            let index = BenchmarkWorld.staircase(count).index()
            for (name, request) in BenchmarkWorld.families(count) { measure(name, request, index) }
        }
    }

    private func measure(_ name: String, _ request: CandidateRequest, _ index: PlacementIndex) {
        let clock = ContinuousClock()
        var times: [Duration] = []
        var found = CandidateSearch(request).run(in: index)
        for _ in 0..<rounds {
            let begin = clock.now
            found = CandidateSearch(request).run(in: index)
            times.append(begin.duration(to: clock.now))
        }
        times.sort()
        let limit = request.limit.map(String.init) ?? "all"
        print(
            "\(name), limit \(limit): p50 \(times[times.count / 2]) p99 \(times[times.count * 99 / 100])"
                + " candidates \(found.count) trees \(found.visitedTrees) steps \(found.steps)")
    }
}
