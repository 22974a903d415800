using Pipeline.TestKit;
using Pipeline.Training.Exporting;
using Pipeline.Training.Models;

namespace Pipeline.Training.Tests.Exporting;

/// <summary>The config.json files of published models are understood: the number of parameters that follows is the one that their publishers give.</summary>
public sealed class PublishedConfigTests
{
    private const string Gpt2 = """
        { "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256, "initializer_range": 0.02,
          "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024, "resid_pdrop": 0.1, "summary_activation": null,
          "summary_first_dropout": 0.1, "summary_proj_to_labels": true, "summary_type": "cls_index", "summary_use_proj": true, "task_specific_params": { "text-generation": { "do_sample": true, "max_length": 50 } }, "vocab_size": 50257 }
        """;

    private const string DistilGpt2 = """
        { "_num_labels": 1, "activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256, "id2label": { "0": "LABEL_0" },
          "initializer_range": 0.02, "label2id": { "LABEL_0": 0 }, "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 6, "n_positions": 1024, "resid_pdrop": 0.1,
          "summary_activation": null, "summary_first_dropout": 0.1, "summary_proj_to_labels": true, "summary_type": "cls_index", "summary_use_proj": true, "task_specific_params": { "text-generation": { "do_sample": true, "max_length": 50 } }, "vocab_size": 50257 }
        """;

    private const string Llama2 = """
        { "_name_or_path": "meta-llama/Llama-2-7b-hf", "architectures": ["LlamaForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 11008,
          "max_position_embeddings": 4096, "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null,
          "tie_word_embeddings": false, "torch_dtype": "float16", "transformers_version": "4.31.0.dev0", "use_cache": true, "vocab_size": 32000 }
        """;

    private const string Llama31 = """
        { "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
          "intermediate_size": 14336, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
          "rope_scaling": { "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192, "rope_type": "llama3" }, "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128256 }
        """;

    private const string Llama32 = """
        { "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 128000, "eos_token_id": 128001, "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02,
          "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
          "rope_scaling": { "factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192, "rope_type": "llama3" }, "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 128256 }
        """;

    private const string Mistral1 = """
        { "architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336, "max_position_embeddings": 32768,
          "model_type": "mistral", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 32000 }
        """;

    private const string Mistral3 = """
        { "architectures": ["MistralForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336, "max_position_embeddings": 32768,
          "model_type": "mistral", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0, "sliding_window": null, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 32768 }
        """;

    private const string Qwen2 = """
        { "architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643, "hidden_act": "silu", "hidden_size": 896, "initializer_range": 0.02, "intermediate_size": 4864, "max_position_embeddings": 131072,
          "max_window_layers": 24, "model_type": "qwen2", "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "sliding_window": 131072, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true, "use_sliding_window": false, "vocab_size": 151936 }
        """;

    private const string SmolLm2 = """
        { "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "silu", "hidden_size": 576, "initializer_range": 0.041666666666666664, "intermediate_size": 1536, "is_llama_config": true,
          "max_position_embeddings": 8192, "mlp_bias": false, "model_type": "llama", "num_attention_heads": 9, "num_hidden_layers": 30, "num_key_value_heads": 3, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_interleaved": false, "rope_scaling": null, "rope_theta": 100000,
          "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 49152 }
        """;

    private const string TinyLlama = """
        { "architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02, "intermediate_size": 5632, "max_position_embeddings": 2048, "model_type": "llama",
          "num_attention_heads": 32, "num_hidden_layers": 22, "num_key_value_heads": 4, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null, "rope_theta": 10000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 32000 }
        """;

    private const string Bert = """
        { "architectures": ["BertForMaskedLM"], "attention_probs_dropout_prob": 0.1, "gradient_checkpointing": false, "hidden_act": "gelu", "hidden_dropout_prob": 0.1, "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072, "layer_norm_eps": 1e-12,
          "max_position_embeddings": 512, "model_type": "bert", "num_attention_heads": 12, "num_hidden_layers": 12, "pad_token_id": 0, "position_embedding_type": "absolute", "transformers_version": "4.6.0.dev0", "type_vocab_size": 2, "use_cache": true, "vocab_size": 30522 }
        """;

    // The same fields as transformers 5 writes them.
    private const string Newer = """
        { "architectures": ["LlamaForCausalLM"], "dtype": "bfloat16", "hidden_act": "silu", "hidden_size": 576, "head_dim": 64, "intermediate_size": 1536, "max_position_embeddings": 8192, "model_type": "llama", "num_attention_heads": 9, "num_hidden_layers": 30,
          "num_key_value_heads": 3, "rms_norm_eps": 1e-05, "rope_parameters": { "rope_theta": 100000, "rope_type": "default" }, "tie_word_embeddings": true, "vocab_size": 49152, "layer_types": null }
        """;

    [Theory]
    [InlineData(Gpt2, 124_439_808)]
    [InlineData(DistilGpt2, 81_912_576)]
    [InlineData(Llama2, 6_738_415_616)]
    [InlineData(Llama31, 8_030_261_248)]
    [InlineData(Llama32, 1_235_814_400)]
    [InlineData(Mistral1, 7_241_732_096)]
    [InlineData(Mistral3, 7_248_023_552)]
    [InlineData(Qwen2, 494_032_768)]
    [InlineData(SmolLm2, 134_515_008)]
    [InlineData(TinyLlama, 1_100_048_384)]
    [InlineData(Newer, 134_515_008)]
    // BertForMaskedLM, without the pooler of BertModel.
    [InlineData(Bert, 109_514_298)]
    public void It_describes_a_model_of_as_many_parameters_as_its_publisher_says(string json, long parameters) => Assert.Equal(parameters, Read(json).ParameterCount);

    [Fact]
    public void What_does_not_show_in_the_number_of_parameters_is_read_too()
    {
        var llama = (LlamaConfig)Read(Llama31);
        Assert.Equal((500_000, false, 1e-5, null), (llama.RopeTheta, llama.Tied, llama.NormEpsilon, llama.Window));
        Assert.Equal(new Llama3RopeScaling(8, 1, 4, 8192), llama.RopeScaling);
        Assert.Equal(4096, ((LlamaConfig)Read(Mistral1)).Window);
        Assert.Null(((LlamaConfig)Read(Mistral3)).Window);
        var qwen = (LlamaConfig)Read(Qwen2);
        Assert.Equal((true, null, 1e-6, true), (qwen.AttentionBias, qwen.Window, qwen.NormEpsilon, qwen.Tied));
        Assert.Equal(Read(SmolLm2), Read(Newer));
        Assert.Equal(0.1, ((GptConfig)Read(Gpt2)).Dropout);
        var bert = (BertConfig)Read(Bert.Replace("\"attention_probs_dropout_prob\": 0.1", "\"attention_probs_dropout_prob\": 0.0", StringComparison.Ordinal));
        Assert.Equal((0.1, 0, null), (bert.Dropout, bert.AttentionDropout, bert.EmbeddingDropout));
    }

    private static ModelConfig Read(string json)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", json);
        return ModelFolder.ReadConfig(folder.Path);
    }
}
