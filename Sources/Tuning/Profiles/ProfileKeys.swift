import ExpertStorage
import Generation
import Residency

/// All keys of profiles: decoding, the table in `profiles/README.md` and the search for the nearest key come
/// from here.
public enum ProfileKeys {
    /// More threads than any machine has.
    public static let threads = 1...1024
    /// More positions than any model has been trained for; beyond it, a mistyped number.
    public static let contextTokens = 1...1 << 28
    /// More rows than any step has.
    public static let batchTokens = 1...1 << 20

    /// In the order in which files and the table give them.
    public static let all: [SettingKey] = [
        SettingKey(
            "memory", "budget", option: "memory", .budget, default: "`auto`: what is free",
            "Memory of the whole process."),
        SettingKey(
            "memory", "expert_cache", option: "expert-cache", .size,
            default: "`auto`: what is left of the budget",
            "The most memory for experts, within the budget."),
        SettingKey(
            "threads", "decode", option: "threads", .integer(threads, unit: "threads"),
            default: "one per physical core; of a hybrid processor, per fast core",
            "Threads that generate."),
        SettingKey(
            "threads", "prefill", option: "threads-batch", .integer(threads, unit: "threads"),
            default: "as `decode`", "Threads that read the prompt."),
        SettingKey(
            "context", "size_tokens", option: "ctx-size", .integer(contextTokens, unit: "tokens"),
            default: "the model's limit, at most 4096",
            "Positions of the context; `eval` and `bench` take theirs from what they measure."
        ),
        SettingKey(
            "context", "batch_tokens", option: "batch-size", .integer(batchTokens, unit: "tokens"),
            default: "512", "Tokens of the prompt computed at once; more than 512 count as 512."),
        SettingKey(
            "context", "kv_type", option: "kv-type", .choice(["auto", "f16", "f32"]), default: "`auto`",
            "How the KV cache stores keys and values."),
        SettingKey(
            "experts", "io", option: "io", .choice(["auto", "mmap"] + ReadMethod.allCases.map(\.rawValue)),
            default: "`auto`: mapped where the model fits, else read as the disk likes best",
            "How experts come into memory."),
        SettingKey(
            "experts", "policy", option: "policy", .choice(["auto"] + PolicyRegistry.entries.map(\.name)),
            default: "`auto`: by the number of slots", "Which expert leaves."),
        SettingKey(
            "experts", "half_life_tokens", .number(1...0x1p20, unit: "tokens"), default: "the policy's own",
            "In how many tokens a use fades to half; for `lfu`, as in `--policy lfu:64`."),
        SettingKey(
            "experts", "pools", option: "expert-pools",
            .choice(StreamingPreference.Pools.allCases.map(\.rawValue)),
            default: "`auto`: `layer` where a token's experts fit, else `global`", "Whose slots."),
        SettingKey(
            "experts", "allocation", option: "allocation", .choice(["uniform", "shallow", "soft"]),
            default: "`uniform`", "How slots are shared out."),
        SettingKey(
            "experts", "favoured_layers", .integer(1...1024, unit: "layers"), default: "",
            "How many of the first layers `shallow` or `soft` favours, as in `--allocation shallow:2`."),
        SettingKey(
            "experts", "prefetch", option: "prefetch",
            .choice(StreamingPreference.Prefetching.allCases.map(\.rawValue)), default: "`auto`",
            "Whether experts of the next layers are predicted and read ahead; `auto` as long as it pays."),
        SettingKey(
            "experts", "precision", option: "precision", .choice(["exact"]), default: "`exact`",
            "What a miss may cost in precision."),
        SettingKey(
            "tuned", "model_fingerprint", .words(mostCharacters: 64), default: "",
            "The model that the values were measured with; a run of another one warns."
        ),
        SettingKey(
            "tuned", "machine", .words(mostCharacters: 200), default: "",
            "The machine that the values were measured on."),
    ]
}
