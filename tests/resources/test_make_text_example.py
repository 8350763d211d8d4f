from resources.make_text_example import definitions, sense_counts, write_class

NOUNS = """\
  1 This software and database is being provided to you
00000001 05 n 01 cat 0 000 | small furry pet that catches mice and likes milk; "the cat's away"
00000002 05 n 01 sabre_cat 0 000 | small furry pet that catches mice and likes milk, long ago
00000003 05 n 01 wolf 0 000 | large wild relative of the dog that kills sheep at night
00000004 05 n 01 hen 0 000 | a bird
00000005 09 n 01 idea 0 000 | the content of a mind that thinks of something at last
00000006 05 n 01 kitten 0 000 | small furry pet that catches mice and likes milk too
00000007 13 n 01 bread 0 000 | food made of dough of flour that is risen and baked
"""
SENSES = """\
bread%1:13:00:: 00000007 1 9
bread%2:34:00:: 00000007 1 99
cat%1:05:00:: 00000001 1 2
kitten%1:05:00:: 00000006 1 1
"""


def test_only_plain_definitions_of_the_classes_are_taken_without_their_examples():
    found = list(definitions(NOUNS, sense_counts(SENSES)))

    assert [(one.class_name, one.word, one.count) for one in found] == [
        ("animals", "cat", 2),
        ("animals", "kitten", 1),
        ("food", "bread", 9),
    ]
    assert found[0].text == "small furry pet that catches mice and likes milk"


def test_two_words_of_one_meaning_do_not_leak_from_training_into_testing(tmp_path):
    found = [one for one in definitions(NOUNS, {}) if one.class_name == "animals"]

    write_class(tmp_path / "animals", found)

    assert [file.name for file in (tmp_path / "animals").iterdir()] == ["cat.txt"]
