import Fleet
import Model
import Testing

@Suite struct HostLivenessTests {
    let rules = HostLiveness.Rules(patience: .seconds(60), recovery: 2)

    func at(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

    @Test func `the first proof brings an unknown host up`() {
        var host = HostLiveness()
        host.heard(proof: at(100), at: at(101), rules)
        #expect(host.state == .up)
    }

    @Test func `a heartbeat without a nonce proves nothing`() {
        var host = HostLiveness()
        host.heard(proof: nil, at: at(101), rules)
        #expect(host.state == .unknown)
        host.heard(proof: at(10), at: at(101), rules)
        #expect(host.state == .unknown)
        host.heard(proof: at(500), at: at(101), rules)
        #expect(host.state == .unknown)
    }

    @Test func `a host whose stream is dead goes down although it speaks`() {
        var host = HostLiveness()
        host.heard(proof: at(100), at: at(101), rules)
        for second in stride(from: Int64(115), through: 160, by: 15) {
            host.heard(proof: at(100), at: at(second), rules)
            #expect(host.state == .up)
        }
        host.heard(proof: at(100), at: at(161), rules)
        #expect(host.state == .down)
    }

    @Test func `a host that was down must prove itself twice, with two nonces`() {
        var host = HostLiveness(state: .up, proofs: 5, provenAt: at(0))
        host.look(at: at(61), rules)
        #expect(host.state == .down)
        host.heard(proof: at(70), at: at(71), rules)
        host.heard(proof: at(70), at: at(75), rules)
        #expect(host.state == .down)
        host.heard(proof: nil, at: at(80), rules)
        host.heard(proof: at(85), at: at(86), rules)
        #expect(host.state == .down)
        host.heard(proof: at(100), at: at(101), rules)
        #expect(host.state == .up)
    }

    @Test func `random histories keep what the rules promise`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var host = HostLiveness()
            var now: Int64 = 1000
            var newest: Int64?
            for _ in 0..<60 {
                now += Int64.random(in: 1...40, using: &random)
                let before = host
                switch Int.random(in: 0..<4, using: &random) {
                case 0: host.look(at: at(now), rules)
                case 1: host.heard(proof: nil, at: at(now), rules)
                default:
                    let sent = now - Int64.random(in: 0...90, using: &random)
                    host.heard(proof: at(sent), at: at(now), rules)
                    if now - sent <= 60 { newest = max(newest ?? sent, sent) }
                }
                #expect(host.provenAt == newest.map(at))
                if host.state == .up { #expect(now - (newest ?? 0) <= 60) }
                if before.state == .down, host.state == .up { #expect(host.proofs >= 2) }
                if host.state == .unknown { #expect(newest == nil) }
            }
        }
    }
}
