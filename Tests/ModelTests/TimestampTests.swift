import Model
import Testing

@Suite struct TimestampTests {
    /// 2026-11-21T00:07:29.834118 UTC, a Saturday.
    let moment = Timestamp(microseconds: 1_795_219_649_834_118)

    @Test func `each family's form`() {
        #expect(moment.isoOffset == "2026-11-21T00:07:29.834118+00:00")
        #expect(moment.isoZulu == "2026-11-21T00:07:29.834118Z")
        #expect(Timestamp(microseconds: 7).isoMicroseconds == "1970-01-01T00:00:00.000007")
        #expect(Timestamp(microseconds: 317_336_843_045_000_006).isoZulu == "12026-01-02T03:04:05.000006Z")
        #expect(moment.httpDate == "Sat, 21 Nov 2026 00:07:29 GMT")
    }

    @Test(arguments: [
        "2026-11-21T00:07:29.834118", "2026-11-21T00:07:29.834118Z", "2026-11-21 01:07:29.834118+01:00",
        "2026-11-20T18:37:29.834118-05:30",
    ])
    func `reads every zone`(text: String) {
        #expect(Timestamp(iso: text) == moment)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-13-21T00:00:00", "2026-02-30T00:00:00", "2026-11-21T24:00:00", "2026-11-21T00:00:00.",
        "2026-11-21T00:00:00Zz",
    ])
    func `refuses what is no moment`(text: String) {
        #expect(Timestamp(iso: text) == nil)
    }

    @Test func `civil and back over four centuries of days`() {
        for day in stride(from: -80_000, through: 80_000, by: 37) {
            let moment = Timestamp(microseconds: Int64(day) * 86_400_000_000 + 1)
            #expect(Timestamp(moment.civil) == moment)
        }
    }
}
